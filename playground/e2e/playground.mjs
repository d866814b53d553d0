// What a person does in the playground, by the names that a screen reader would read out.

const TIMEOUT_MS = 15_000;

export async function waitUntilReady(page) {
  await page.locator('.graphiql-query-editor .view-line').first().waitFor({ timeout: TIMEOUT_MS });
}

/** Opens the tab of a sample, by its operation name. */
export async function openTab(page, name) {
  await page.getByRole('tablist').getByTitle(name, { exact: true }).click();
  await poll(page, `the tab ${name}`, async () => (await editorText(page, 'operation.graphql')).includes(` ${name}`));
}

export async function run(page) {
  await page.getByRole('button', { name: /^Execute query/ }).click();
}

/** Waits until the result pane holds data that `accepts`, and returns that. */
export async function result(page, what, accepts) {
  return poll(page, what, async () => {
    const value = parse(await editorText(page, 'response.json'));
    if (value?.errors) throw new Error(`${what}: ${JSON.stringify(value.errors)}`);
    return value?.data && accepts(value.data) ? value.data : undefined;
  });
}

async function poll(page, what, look) {
  const deadline = Date.now() + TIMEOUT_MS;
  while (Date.now() < deadline) {
    const seen = await look();
    if (seen) return seen;
    await page.waitForTimeout(100);
  }
  const shown = await editorText(page, 'response.json');
  throw new Error(`${what}: not seen within ${TIMEOUT_MS / 1000} s; the result pane holds:\n${shown || '(nothing)'}`);
}

/** From the editor's model: on the screen there are only the lines that fit. */
function editorText(page, name) {
  return page.evaluate((suffix) => {
    const models = globalThis.__MONACO?.editor.getModels() ?? [];
    return models.find(({ uri }) => uri.path.endsWith(suffix))?.getValue() ?? '';
  }, name);
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
