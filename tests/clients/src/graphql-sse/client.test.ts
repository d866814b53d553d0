import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { signIn, url } from '../server';
import { goShopping, type Shopper } from '../shopping';
import { shopEvents } from './client';

const client = shopEvents(url);

async function once<Data, Variables extends object>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const request = { query: print(document), variables: { ...variables } as Record<string, unknown> };
  for await (const { data, errors } of client.iterate(request)) {
    assert(data, JSON.stringify(errors));
    return data as Data;
  }
  throw new Error('there was no answer');
}

const shopper: Shopper = {
  query: once,
  mutate: once,
  subscribe(document, variables, next, failed) {
    const request = { query: print(document), variables: { ...variables } as Record<string, unknown> };
    return client.subscribe(request, {
      next: ({ data, errors }) => (data ? next(data as never) : failed(errors)),
      error: failed,
      complete() {},
    });
  },
};

test('graphql-sse browses, buys and watches', () => goShopping(shopper));

test('graphql-sse says who asks, and renews a token that is no good', async () => {
  const customer = shopEvents(url, await signIn('customer', 'stale'));
  const answers = customer.iterate({ query: '{ viewer { email } }' });
  assert.deepEqual((await answers.next()).value.data, { viewer: { email: 'customer@example.com' } });
  assert.equal((await answers.next()).done, true);
});

test('graphql-sse tells an error by its code', async () => {
  for (const query of ['{ nothing }', 'subscription { orderEvents { id } }']) {
    const { value } = await client.iterate({ query }).next();
    assert(value.errors?.[0]?.extensions?.['code'], query);
  }
});
