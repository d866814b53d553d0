// What a person does in the playground, by the names that a screen reader would read out.

const TIMEOUT_MS = 15_000;

export async function waitUntilReady(page) {
  await page.locator('.graphiql-query-editor .view-line').first().waitFor({ timeout: TIMEOUT_MS });
}

/** Opens the tab of a sample, by its operation name. */
export async function openTab(page, name) {
  await page.getByRole('tablist').getByTitle(name, { exact: true }).click();
  await page.locator('.graphiql-query-editor', { hasText: name }).waitFor({ timeout: TIMEOUT_MS });
}

export async function run(page) {
  await page.getByRole('button', { name: /^Execute query/ }).click();
}

/** Waits until the result pane holds a result that `accepts`, and returns it. */
export async function result(page, what, accepts) {
  const deadline = Date.now() + TIMEOUT_MS;
  let last = '';
  while (Date.now() < deadline) {
    last = await resultText(page);
    const value = parse(last);
    if (value?.errors) throw new Error(`${what}: ${JSON.stringify(value.errors)}`);
    if (value?.data && accepts(value.data)) return value.data;
    await page.waitForTimeout(100);
  }
  throw new Error(`${what}: not seen within ${TIMEOUT_MS / 1000} s; the result pane holds:\n${last || '(nothing)'}`);
}

/** From the editor's model: on the screen there are only the lines that fit. */
function resultText(page) {
  return page.evaluate(() => {
    const models = globalThis.__MONACO?.editor.getModels() ?? [];
    return models.find((model) => model.uri.path.endsWith('response.json'))?.getValue() ?? '';
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export async function signInByTheBox(page, email, password) {
  const account = page.getByRole('region', { name: 'Account' });
  await account.getByLabel('E-mail').fill(email);
  await account.getByLabel('Password').fill(password);
  await account.getByRole('button', { name: 'Sign in', exact: true }).click();
  await account.getByText('Signed in as').waitFor({ timeout: TIMEOUT_MS });
  await account.getByText(email, { exact: true }).waitFor({ timeout: TIMEOUT_MS });
}
