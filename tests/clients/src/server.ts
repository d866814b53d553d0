// The shop under test, and those of the demo who sign in to it.
import assert from 'node:assert/strict';
import { env } from 'node:process';

assert(env.CARTOGRAPH_URL, 'CARTOGRAPH_URL says where the shop is: run this with make test-clients');

/** Where GraphQL is spoken over HTTP. */
export const url = new URL('/graphql', env.CARTOGRAPH_URL).href;

/** Where it is spoken over websockets. */
export const socketUrl = url.replace(/^http/, 'ws') + '/ws';

/** What may be asked without a client. */
export async function ask<Data>(query: string, variables: object, token?: string): Promise<Data> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token) headers['authorization'] = `Bearer ${token}`;
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

/** The access token of one of the demo's accounts. */
export async function signIn(name: 'customer' | 'staff' | 'admin'): Promise<string> {
  const document = `mutation($email: String!) {
    sessionCreate(input: { email: $email, password: "cartograph-demo" }) { session { accessToken } }
  }`;
  const email = `${name}@example.com`;
  const { sessionCreate } = await ask<{ sessionCreate: { session: { accessToken: string } } }>(document, { email });
  return sessionCreate.session.accessToken;
}

/** Has staff move an order to its next status. */
export async function pay(orderId: string): Promise<void> {
  const document = `mutation($orderId: ID!) {
    orderStatusUpdate(input: { orderId: $orderId, status: PAID }) { userErrors { message } }
  }`;
  const data = await ask<{ orderStatusUpdate: { userErrors: unknown[] } }>(document, { orderId }, await signIn('staff'));
  assert.deepEqual(data.orderStatusUpdate.userErrors, []);
}
