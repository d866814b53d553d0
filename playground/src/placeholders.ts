/**
 * Values in the samples' variables that stand for something only known when they run, so that no
 * id has to be pasted: `"orderId": "latest"` and `"idempotencyKey": "random"`.
 */
import type { ExecutionResult } from 'graphql';
import { type HeaderMap, postForData, withToken } from './http';
import { session } from './session';

type Variables = Record<string, unknown>;
type Orders = { nodes: { id: string }[] };

/** In localStorage, unlike the session: another tab moves on the order that this one placed. */
const LAST_ORDER_KEY = 'cartograph:last-order';

const ORDER_VISIBLE = 'query PlaygroundOrder($id: ID!) { order(id: $id) { id } }';
const OWN_NEWEST = 'query PlaygroundOwnOrder { viewer { orders(first: 1) { nodes { id } } } }';
const NEWEST_OF_ALL = 'query PlaygroundNewestOrder { orders(first: 1) { nodes { id } } }';

export async function fillIn(variables: Variables, headers: HeaderMap): Promise<Variables> {
  const filled = { ...variables };
  if (filled.idempotencyKey === 'random') filled.idempotencyKey = randomKey();
  if (filled.orderId === 'latest') {
    filled.orderId = await latestOrderId(withToken(headers, await session.accessToken()));
  }
  return filled;
}

/** Keeps the order's id where `result` is that of an `orderPlace`. */
export function rememberOrder({ data }: ExecutionResult): void {
  const placed = data?.orderPlace as { order?: { id?: string } | null } | null | undefined;
  if (placed?.order?.id) localStorage.setItem(LAST_ORDER_KEY, placed.order.id);
}

async function latestOrderId(headers: HeaderMap): Promise<string> {
  const id = (await rememberedOrderId(headers)) ?? (await newestOrderId(headers));
  if (!id) throw new Error('There is no order yet that you may see. Run the PlaceOrder sample first.');
  return id;
}

/** The remembered order may be someone else's, or of a database that has been reset since. */
async function rememberedOrderId(headers: HeaderMap): Promise<string | undefined> {
  const id = localStorage.getItem(LAST_ORDER_KEY);
  if (!id) return undefined;
  const found = await postForData<{ order: { id: string } | null }>(
    { query: ORDER_VISIBLE, variables: { id } },
    headers,
  ).catch(() => undefined);
  return found?.order?.id;
}

async function newestOrderId(headers: HeaderMap): Promise<string | undefined> {
  if (session.current?.user.roles.some((role) => /^(staff|admin)$/i.test(role))) {
    const { orders } = await postForData<{ orders: Orders }>({ query: NEWEST_OF_ALL }, headers);
    return orders.nodes[0]?.id;
  }
  const { viewer } = await postForData<{ viewer: { orders: Orders } | null }>({ query: OWN_NEWEST }, headers);
  return viewer?.orders.nodes[0]?.id;
}

/** `crypto.randomUUID` only exists in secure contexts; a playground on a LAN address is none. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
