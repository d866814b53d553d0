// The shop's staff, over plain HTTP: what happens while somebody watches.

const SIGN_IN = `mutation {
  sessionCreate(input: { email: "staff@example.com", password: "cartograph-demo" }) {
    session { accessToken }
    userErrors { message }
  }
}`;

const MOVE = `mutation ($orderId: ID!) {
  orderStatusUpdate(input: { orderId: $orderId, status: PAID }) {
    order { status }
    userErrors { message }
  }
}`;

export async function moveToPaid(baseUrl, orderId) {
  const { sessionCreate } = await send(baseUrl, SIGN_IN);
  const { accessToken } = sessionCreate.session ?? refused('sign in', sessionCreate);
  const { orderStatusUpdate } = await send(baseUrl, MOVE, { orderId }, { Authorization: `Bearer ${accessToken}` });
  if (orderStatusUpdate.order?.status !== 'PAID') refused('move the order', orderStatusUpdate);
}

function refused(what, payload) {
  throw new Error(`staff could not ${what}: ${JSON.stringify(payload.userErrors)}`);
}

async function send(baseUrl, query, variables = {}, headers = {}) {
  const response = await fetch(new URL('/graphql', baseUrl), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(`staff request failed: ${JSON.stringify(errors)}`);
  return data;
}
