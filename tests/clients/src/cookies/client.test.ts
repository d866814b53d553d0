// A page whose session is in cookies, with the parts of a browser that Node lacks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import WebSocket from 'ws';
import { url } from '../server';
import { shopWithCookies } from './client';

const ACCESS = 'cartograph-access';
const origin = new URL(url).origin;
const jar = new Map<string, string>();
const cookie = () => [...jar].map((pair) => pair.join('=')).join('; ');
let requests = 0;

const fetchOfNode = fetch;
globalThis.fetch = async (input, init) => {
  assert.equal(init?.credentials, 'include');
  requests += 1;
  const headers = new Headers(init.headers);
  headers.set('origin', origin);
  if (jar.size > 0) headers.set('cookie', cookie());
  const response = await fetchOfNode(input, { ...init, headers });
  for (const set of response.headers.getSetCookie()) {
    const [, name, value] = set.match(/^([^=]+)=([^;]*)/) ?? [];
    assert(name !== undefined && value !== undefined && set.includes('HttpOnly'));
    if (value) jar.set(name, value);
    else jar.delete(name);
  }
  return response;
};
globalThis.WebSocket = class extends WebSocket {
  constructor(address: string, protocol: string) {
    super(address, protocol, { headers: { origin, cookie: cookie() } });
  }
} as unknown as typeof globalThis.WebSocket;

const shop = shopWithCookies(url);

async function ask(query: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await shop.fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return ((await response.json()) as { data: unknown }).data;
}

async function overSocket(query: string): Promise<unknown> {
  for await (const { data } of shop.socket.iterate({ query })) return data;
  return undefined;
}

const VIEWER = '{ viewer { email } }';
const signedIn = { viewer: { email: 'customer@example.com' } };

test('a page signs in, and goes on when its access token has expired', async () => {
  const document = `mutation { sessionCreate(input: {
    email: "customer@example.com", password: "cartograph-demo", cookies: true
  }) { session { accessToken refreshToken } } }`;
  assert.deepEqual(await ask(document), { sessionCreate: { session: { accessToken: null, refreshToken: null } } });
  assert.deepEqual(await ask(VIEWER), signedIn);

  jar.set(ACCESS, 'expired');
  requests = 0;
  assert.deepEqual(await Promise.all([ask(VIEWER), ask(VIEWER), ask(VIEWER)]), [signedIn, signedIn, signedIn]);
  assert.equal(requests, 7, 'three that are refused, one renewal, and the three once more');

  jar.set(ACCESS, 'expired');
  assert.deepEqual(await overSocket(VIEWER), signedIn);

  await ask('mutation { sessionRevoke(input: {}) { revoked } }');
  assert.equal(jar.size, 0);
  assert.deepEqual(await ask(VIEWER), { viewer: null });
});

test('a page whose session has ended is a guest', async () => {
  for (const name of [ACCESS, 'cartograph-refresh']) jar.set(name, 'ended');
  assert.deepEqual(await ask(VIEWER), { viewer: null });
  assert.equal(jar.size, 0);
});
