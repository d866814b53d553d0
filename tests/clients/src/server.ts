// The shop under test, and those of the demo who sign in to it.
import assert from 'node:assert/strict';
import { env } from 'node:process';
import { Session, type Tokens } from './session';

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

/** One of the demo's accounts, signed in; with `stale` the access token is one that has to be renewed first. */
export async function signIn(name: 'customer' | 'staff' | 'admin', stale?: 'stale'): Promise<Session> {
  const document = `mutation($email: String!) {
    sessionCreate(input: { email: $email, password: "cartograph-demo" }) { session { accessToken refreshToken } }
  }`;
  const email = `${name}@example.com`;
  const { sessionCreate } = await ask<{ sessionCreate: { session: Tokens } }>(document, { email });
  const { accessToken, refreshToken } = sessionCreate.session;
  return new Session(url, { accessToken: stale ?? accessToken, refreshToken });
}

/** Has staff move an order to its next status. */
export async function pay(orderId: string): Promise<void> {
  const document = `mutation($orderId: ID!) {
    orderStatusUpdate(input: { orderId: $orderId, status: PAID }) { userErrors { message } }
  }`;
  const token = await (await signIn('staff')).token();
  const data = await ask<{ orderStatusUpdate: { userErrors: unknown[] } }>(document, { orderId }, token);
  assert.deepEqual(data.orderStatusUpdate.userErrors, []);
}
