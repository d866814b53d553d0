// The protocol's reference client, in all the ways it is used.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, type ClientOptions, CloseCode, createClient, type Event } from 'graphql-ws';
import WebSocket from 'ws';
import { ask, signIn, socketUrl, url } from '../server';
import { shopSocket } from './client';

const AVAILABILITY = 'subscription($ids: [ID!]!) { variantAvailability(variantIds: $ids) { id stock } }';

function client(options: Partial<ClientOptions> = {}): Client {
  return createClient({ url: socketUrl, webSocketImpl: WebSocket, retryAttempts: 0, ...options });
}

/** Some variant of the demo shop. */
async function variant(): Promise<string> {
  const { products } = await ask<{ products: { nodes: [{ defaultVariant: { id: string } }] } }>(
    '{ products(first: 1) { nodes { defaultVariant { id } } } }',
    {},
  );
  return products.nodes[0].defaultVariant.id;
}

/** What an event tells when it happens next. */
function next<Name extends Event>(socket: Client, name: Name): Promise<unknown[]> {
  return new Promise((resolve) => {
    const forget = socket.on(name, ((...told: unknown[]) => {
      forget();
      resolve(told);
    }) as never);
  });
}

/** The answers to an operation until it ends, without what they cost. */
async function all(socket: Client, query: string, variables = {}): Promise<unknown[]> {
  const answers = [];
  for await (const { extensions: _, ...answer } of socket.iterate({ query, variables })) answers.push(answer);
  return answers;
}

test('it connects when it is made, unless it is lazy', async () => {
  const eager = client({ lazy: false });
  await next(eager, 'connected');
  await eager.dispose();

  let connected = 0;
  const lazy = client({ on: { connected: () => connected++ } });
  await sleep(200);
  assert.equal(connected, 0);
  const closed = next(lazy, 'closed');
  assert.deepEqual(await all(lazy, '{ __typename }'), [{ data: { __typename: 'Query' } }]);
  assert.equal(connected, 1);
  const [event] = (await closed) as [{ code: number }];
  assert.equal(event.code, 1000, 'nothing is left to do, so it closes');
});

test('operations of all kinds share a socket, and one that ends leaves the others be', async () => {
  let opened = 0;
  const socket = client({ on: { opened: () => opened++ } });
  const variables = { ids: [await variant()] };
  const one = socket.iterate({ query: AVAILABILITY, variables });
  const other = socket.iterate({ query: AVAILABILITY, variables });
  await Promise.all([one.next(), other.next()]);
  await one.return?.();
  assert.deepEqual(await all(socket, '{ __typename }'), [{ data: { __typename: 'Query' } }]);
  const mutation = 'mutation { cartCreate(input: { lines: [] }) { userErrors { code } } }';
  assert.deepEqual(await all(socket, mutation), [{ data: { cartCreate: { userErrors: [] } } }]);
  await other.return?.();
  assert.equal(opened, 1);
});

test('what cannot be executed is an error with a code, and the socket stays', async () => {
  const socket = client({ lazy: false });
  for (const [query, code] of [
    ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{', 'GRAPHQL_PARSE_FAILED'],
    ['subscription { orderEvents { id } }', 'UNAUTHENTICATED'],
  ] as const) {
    await assert.rejects(all(socket, query), (errors) => {
      assert(Array.isArray(errors));
      assert.equal(errors[0].extensions.code, code);
      assert(errors[0].extensions.requestId);
      return true;
    });
  }
  assert.equal((await all(socket, '{ __typename }')).length, 1);
  await socket.dispose();
});

test('pings are answered in time', async () => {
  const socket = client({ lazy: false, keepAlive: 50 });
  const received: unknown[] = [];
  socket.on('pong', (fromServer) => fromServer && received.push(true));
  await next(socket, 'connected');
  while (received.length < 3) await sleep(20);
  await socket.dispose();
});

test('it comes back by itself, and misses nothing that it asks to be resumed', async () => {
  const socket = shopSocket(url, await signIn('staff'));
  const events: unknown[] = [];
  const stop = socket.subscribe(
    { query: AVAILABILITY, variables: { ids: [await variant()] } },
    { next: (event) => events.push(event), error: assert.fail, complete() {} },
  );
  while (events.length < 1) await sleep(20);
  const connected = next(socket, 'connected');
  socket.terminate();
  await connected;
  while (events.length < 2) await sleep(20);
  assert.deepEqual(events[1], events[0], 'it shows what is the case when it is back');
  stop();
});

test('a token that is no good closes the socket, and it comes back with another', async () => {
  const refused = client({ connectionParams: { Authorization: 'Bearer forged' } });
  await assert.rejects(all(refused, '{ __typename }'), { code: CloseCode.Forbidden });

  const renewed = shopSocket(url, await signIn('customer', 'stale'));
  const answers = await all(renewed, '{ viewer { email } }');
  assert.deepEqual(answers, [{ data: { viewer: { email: 'customer@example.com' } } }]);
});

test('the older protocol of subscriptions-transport-ws is not agreed to', async () => {
  const socket = new WebSocket(socketUrl, 'graphql-ws');
  const [error] = await once(socket, 'error');
  assert.match(error.message, /no subprotocol/);
});
