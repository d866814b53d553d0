// A headless Chromium with one page, and everything about it that must stay quiet.
import { chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Opens `/playground` at `baseUrl`. `complaints` fills with console errors, uncaught exceptions,
 * policy violations, failed assets and requests to other origins, in the order they happen.
 */
export async function openPlayground(baseUrl) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: FLAGS,
  });
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const complaints = [];
    const { origin } = new URL(baseUrl);
    const isForeign = (url) => !url.startsWith('data:') && new URL(url).host !== new URL(origin).host;
    // The context sees the requests of workers too.
    context.on('request', (request) => {
      if (isForeign(request.url())) complaints.push(`request to another origin: ${request.url()}`);
    });
    context.on('requestfailed', (request) => {
      complaints.push(`request failed: ${request.url()} (${request.failure()?.errorText})`);
    });

    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || /content security policy/i.test(message.text())) {
        complaints.push(`console: ${message.text()}`);
      }
    });
    page.on('pageerror', (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`));
    page.on('websocket', (socket) => {
      if (isForeign(socket.url())) complaints.push(`websocket to another origin: ${socket.url()}`);
    });
    // Chromium does not report every violation on the console; the event is complete.
    await page.exposeBinding('reportViolation', (_source, violation) => complaints.push(`policy: ${violation}`));
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        globalThis.reportViolation(`${violatedDirective} forbids ${blockedURI}`);
      });
    });

    const response = await page.goto(new URL('/playground', baseUrl).href);
    if (!response?.ok()) throw new Error(`/playground answered HTTP ${response?.status()}`);
    if (!response.headers()['content-security-policy']) throw new Error('/playground came without a content-security-policy');
    return { browser, page, complaints };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
