import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { requestSubscription } from 'relay-runtime';
import { pay, url } from '../server';
import type { OrderFillCartMutation } from './__generated__/OrderFillCartMutation.graphql';
import type { Order_order$key } from './__generated__/Order_order.graphql';
import type { OrderPlaceMutation } from './__generated__/OrderPlaceMutation.graphql';
import type { OrderStatusSubscription } from './__generated__/OrderStatusSubscription.graphql';
import type { ProductList_query$key } from './__generated__/ProductList_query.graphql';
import type { ProductPrice_product$key } from './__generated__/ProductPrice_product.graphql';
import type { ProductListQuery } from './__generated__/ProductListQuery.graphql';
import { shopEnvironment } from './environment';
import { order, orderFillCartMutation, orderPlaceMutation, orderStatusSubscription } from './Order';
import { productList, productListQuery } from './ProductList';
import { productPrice } from './ProductPrice';
import { load, loadNext, mutate, read, refetch } from './store';

test('Relay turns the pages of a connection', async () => {
  const environment = shopEnvironment(url);
  const page = await load<ProductListQuery>(environment, productListQuery, { count: 2 });
  const edges = () => read<ProductList_query$key>(environment, productList, page).products.edges;
  assert.equal(edges().length, 2);
  await loadNext(environment, productList, 3, edges().at(-1)?.cursor ?? '');
  assert.equal(new Set(edges().map(({ node }) => node.id)).size, 5);
});

test('Relay asks for a thing again by its id', async () => {
  const environment = shopEnvironment(url);
  const page = await load<ProductListQuery>(environment, productListQuery, { count: 1 });
  const [edge] = read<ProductList_query$key>(environment, productList, page).products.edges;
  assert(edge);
  const price = read<ProductPrice_product$key>(environment, productPrice, edge.node);
  assert.match(price.price.amount, /^\d+\.\d\d$/);
  const again = await refetch(environment, productPrice, edge.node.id);
  assert(again);
  assert.deepEqual(read<ProductPrice_product$key>(environment, productPrice, edge.node), price);
});

test('Relay shows an order as it changes', async () => {
  const environment = shopEnvironment(url);
  const { cartLinesAdd } = await mutate<OrderFillCartMutation>(environment, orderFillCartMutation, {
    input: { lines: [{ sku: 'MUG-STONE-350', quantity: 1 }] },
  });
  const { orderPlace } = await mutate<OrderPlaceMutation>(environment, orderPlaceMutation, {
    input: {
      cartToken: cartLinesAdd.cart?.token,
      email: 'ada@example.com',
      idempotencyKey: randomUUID(),
      shippingAddress: { name: 'Ada Lovelace', line1: '12 Saint James Square', city: 'London', country: 'GB' },
    },
  });
  assert.deepEqual(orderPlace.userErrors, []);
  const placed = orderPlace.order;
  assert(placed);
  const status = () => read<Order_order$key>(environment, order, placed).status;
  assert.equal(status(), 'PENDING');

  await new Promise<void>((resolve, reject) => {
    const { dispose } = requestSubscription<OrderStatusSubscription>(environment, {
      subscription: orderStatusSubscription,
      variables: { orderId: placed.id, token: orderPlace.token },
      onError: reject,
      onNext(event) {
        if (event?.orderStatus.to === 'PAID') {
          dispose();
          resolve();
        } else {
          pay(placed.id).catch(reject);
        }
      },
    });
  });
  assert.equal(status(), 'PAID');
});
