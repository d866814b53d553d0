import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROWSE } from '../documents';
import { signIn, url } from '../server';
import { goShopping, type Shopper } from '../shopping';
import { shopClient } from './client';

const client = shopClient(url);

const shopper: Shopper = {
  async query(document, variables) {
    const { data, error } = await client.query(document, variables).toPromise();
    assert(data, error);
    return data;
  },
  async mutate(document, variables) {
    const { data, error } = await client.mutation(document, variables).toPromise();
    assert(data, error);
    return data;
  },
  subscribe(document, variables, next, failed) {
    const { unsubscribe } = client
      .subscription(document, variables)
      .subscribe(({ data, error }) => (data ? next(data) : failed(error)));
    return unsubscribe;
  },
};

test('urql browses, buys and watches', () => goShopping(shopper));

test('urql tells an error by its code', async () => {
  const { error } = await client.query(BROWSE, { first: 1000 }).toPromise();
  assert.equal(error?.graphQLErrors[0]?.extensions['code'], 'BAD_USER_INPUT');
});

test('urql renews a token that is no good', async () => {
  const signedIn = shopClient(url, await signIn('customer', 'stale'));
  const { data } = await signedIn.query('{ viewer { email } }', {}).toPromise();
  assert.equal(data.viewer.email, 'customer@example.com');
});
