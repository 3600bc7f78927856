import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page, type Request } from 'playwright-core';

export const WIDE = 1280;
export const PHONE = 390;
export type Scheme = 'light' | 'dark';

/** A page and what went wrong on it. */
export interface Visit {
  readonly page: Page;
  /** Console errors and exceptions since the page was opened. */
  readonly complaints: string[];
  close(): Promise<void>;
}

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
}

/** A fresh visitor: nothing stored, one window. */
export async function visit(
  browser: Browser,
  { width = WIDE, scheme = 'light' }: { width?: number; scheme?: Scheme } = {},
): Promise<Visit> {
  const phone = width < 640;
  const context: BrowserContext = await browser.newContext({
    viewport: { width, height: phone ? 844 : 900 },
    colorScheme: scheme,
    isMobile: phone,
    hasTouch: phone,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  countRequests(page);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints, close: () => context.close() };
}

const underWay = new WeakMap<Page, { requests: number }>();

/** Counts what a page has asked for and not got yet. The live stream never ends and is not counted. */
function countRequests(page: Page): void {
  const count = { requests: 0 };
  underWay.set(page, count);
  const counts = (url: string) => !url.endsWith('/api/live');
  page.on('request', (request) => {
    if (counts(request.url())) count.requests += 1;
  });
  const ended = (request: Request) => {
    if (counts(request.url())) count.requests -= 1;
  };
  page.on('requestfinished', ended);
  page.on('requestfailed', ended);
}

/** Resolves when nothing is loading any more: no request under way, no skeleton. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main').waitFor();
  let quiet = 0;
  while (quiet < 4) {
    await page.locator('[aria-label="Loading"], [aria-busy="true"]').first().waitFor({ state: 'detached' });
    await page.waitForTimeout(100);
    quiet = (underWay.get(page)?.requests ?? 0) <= 0 ? quiet + 1 : 0;
  }
}

/** How far the page can be scrolled sideways; 0 is right. */
export function sideways(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** What axe finds that keeps people out, as `rule: element`. */
export async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}
