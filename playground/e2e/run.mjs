// Drives the playground of a running demo shop: node run.mjs <baseUrl> [--screenshot file.png]
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { openPlayground } from './browser.mjs';
import { openTab, result, run, signInByTheBox, waitUntilReady } from './playground.mjs';
import { moveToPaid } from './staff.mjs';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { screenshot: { type: 'string' } } });
const [baseUrl] = positionals;
if (!baseUrl) {
  console.error('usage: node run.mjs <baseUrl> [--screenshot file.png]');
  process.exit(1);
}

try {
  const { browser, page, complaints } = await openPlayground(baseUrl);
  try {
    await visit(page);
    assert.deepEqual(complaints, [], 'the page was not quiet');
  } catch (error) {
    // A blocked script is why a button is missing: say so first.
    if (complaints.length > 0) console.error(complaints.join('\n'));
    throw error;
  } finally {
    await browser.close();
  }
  console.log('playground: ok');
} catch (error) {
  console.error(`playground: ${error.message}`);
  process.exitCode = 1;
}

async function visit(page) {
  await waitUntilReady(page);
  assert.match(await page.title(), /Cartograph/);

  step('browse');
  await openTab(page, 'Browse');
  await run(page);
  const { products, categories } = await result(page, 'Browse', (data) => data.products?.nodes.length > 0);
  assert.ok(products.nodes[0].name && products.nodes[0].price.amount, 'products have a name and a price');
  assert.ok(categories.nodes.length > 0, 'there are categories');

  step('sign in');
  await signInByTheBox(page, 'customer@example.com', 'cartograph-demo');

  step('place an order');
  await openTab(page, 'PlaceOrder');
  await run(page);
  const { orderPlace } = await result(page, 'PlaceOrder', (data) => data.orderPlace);
  assert.deepEqual(orderPlace.userErrors, []);
  assert.equal(orderPlace.order.status, 'PENDING');

  step('watch it live');
  await openTab(page, 'WatchOrder');
  await run(page);
  const { number } = orderPlace.order;
  const isOrder = (data) => data.orderStatus?.order.number === number;
  await result(page, 'its status now', (data) => isOrder(data) && data.orderStatus.order.status === 'PENDING');
  await moveToPaid(baseUrl, orderPlace.order.id);
  const { orderStatus } = await result(page, 'its new status', (data) => isOrder(data) && data.orderStatus.to === 'PAID');
  assert.equal(orderStatus.from, 'PENDING');

  // The editors check the sample against the schema a moment after it is opened.
  await page.waitForFunction(() => !document.querySelector('.squiggly-error'), undefined, { timeout: 5_000 });
  if (values.screenshot) {
    await page.screenshot({ path: values.screenshot });
    step(`screenshot in ${values.screenshot}`);
  }
}

function step(name) {
  console.log(`playground: ${name}`);
}
