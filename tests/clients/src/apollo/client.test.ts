import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { BROWSE } from '../documents';
import { signIn, url } from '../server';
import { goShopping, type Shopper } from '../shopping';
import { shopClient } from './client';

const client = shopClient(url);

function shopperWith(client: ApolloClient): Shopper {
  return {
    async query(query, variables) {
      const { data } = await client.query({ query, variables });
      assert(data);
      return data;
    },
    async mutate(mutation, variables) {
      const { data } = await client.mutate({ mutation, variables });
      assert(data);
      return data;
    },
    subscribe(query, variables, next, failed) {
      const subscription = client.subscribe({ query, variables }).subscribe({
        next: ({ data, error }) => (data ? next(data) : failed(error)),
        error: failed,
      });
      return () => subscription.unsubscribe();
    },
  };
}

test('Apollo Client browses, buys and watches', () => goShopping(shopperWith(client)));

test('Apollo Client watches over HTTP, in parts of one answer', () => {
  const link = new HttpLink({ uri: url });
  return goShopping(shopperWith(new ApolloClient({ link, cache: new InMemoryCache() })));
});

test('Apollo Client tells an error by its code', async () => {
  const asked = client.query({ query: BROWSE, variables: { first: 1000 } });
  await assert.rejects(asked, (error) => {
    assert(CombinedGraphQLErrors.is(error));
    assert.equal(error.errors[0]?.extensions?.['code'], 'BAD_USER_INPUT');
    return true;
  });
});

test('Apollo Client renews a token that is no good, once for all who ask', async () => {
  const signedIn = shopClient(url, await signIn('customer', 'stale'));
  const query = gql`
    {
      viewer {
        email
      }
    }
  `;
  const asked = [1, 2, 3].map(() =>
    signedIn.query({ query, fetchPolicy: 'no-cache', context: { queryDeduplication: false } }),
  );
  for (const { data } of await Promise.all(asked)) {
    assert.deepEqual(data, { viewer: { __typename: 'User', email: 'customer@example.com' } });
  }
});
