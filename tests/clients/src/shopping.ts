// What a guest does in a shop's front end, whichever client the front end is made with.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { ADD_TO_CART, BROWSE, PLACE_ORDER, PRODUCT_CARD, WATCH_ORDER } from './documents';
import { readFragment } from './gql';
import type { WatchOrderSubscription } from './gql/graphql';
import { pay } from './server';

/** A client, by what it is used for. What fails rejects, or is told to `failed`. */
export interface Shopper {
  query<Data, Variables extends object>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<Data>;
  mutate<Data, Variables extends object>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<Data>;
  /** Gives what ends the subscription. */
  subscribe<Data, Variables extends object>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    next: (data: Data) => void,
    failed: (reason: unknown) => void,
  ): () => void;
}

const shippingAddress = { name: 'Ada Lovelace', line1: '12 Saint James Square', city: 'London', country: 'GB' };

/** Browses two pages, fills a cart, buys it, and watches the order until it is paid. */
export async function goShopping(shopper: Shopper): Promise<void> {
  const first = await shopper.query(BROWSE, { first: 2 });
  const { hasNextPage, endCursor } = first.products.pageInfo;
  assert(hasNextPage && endCursor);
  const second = await shopper.query(BROWSE, { first: 2, after: endCursor });
  const seen = [first, second].flatMap(({ products }) => readFragment(PRODUCT_CARD, products.nodes));
  assert.equal(new Set(seen.map(({ id }) => id)).size, 4);

  const { cartLinesAdd } = await shopper.mutate(ADD_TO_CART, {
    input: { lines: [{ sku: 'MUG-STONE-350', quantity: 2 }] },
  });
  assert.deepEqual(cartLinesAdd.userErrors, []);
  assert.equal(cartLinesAdd.cart?.itemCount, 2);

  const input = { cartToken: cartLinesAdd.cart.token, email: 'ada@example.com', idempotencyKey: randomUUID() };
  const refused = await shopper.mutate(PLACE_ORDER, {
    input: { ...input, shippingAddress: { ...shippingAddress, country: 'Atlantis' } },
  });
  assert.equal(refused.orderPlace.userErrors[0]?.code, 'ADDRESS_INVALID');

  const { orderPlace } = await shopper.mutate(PLACE_ORDER, { input: { ...input, shippingAddress } });
  assert.deepEqual(orderPlace.userErrors, []);
  assert(orderPlace.order);

  assert.deepEqual(await watchUntilPaid(shopper, orderPlace.order.id, orderPlace.token), ['PENDING', 'PAID']);
}

/** The statuses that a guest sees their order go through; staff moves it on once they see the first. */
function watchUntilPaid(shopper: Shopper, orderId: string, token: string | null): Promise<unknown[]> {
  const statuses: unknown[] = [];
  return new Promise((resolve, reject) => {
    const next = ({ orderStatus }: WatchOrderSubscription) => {
      statuses.push(orderStatus.to);
      if (orderStatus.to === 'PAID') {
        stop();
        resolve(statuses);
      } else {
        pay(orderId).catch(reject);
      }
    };
    const stop = shopper.subscribe(WATCH_ORDER, { orderId, token }, next, reject);
  });
}
