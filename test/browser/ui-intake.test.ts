import { rmSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { barriers, launch, PHONE, settled, sideways, visit, WIDE } from './ui-browser.ts';
import { book, daysOfWork } from './ui-day.ts';

let browser: Browser;
let server: TestServer;

beforeAll(async () => {
  [browser, server] = await Promise.all([launch(), startServer()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(server.dataDir, { recursive: true, force: true });
});

async function post(path: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
}

const attributes = [{ key: 'gen_ai.operation.name', value: { stringValue: 'invoke_agent' } }];
const span = (traceId: string) => ({ traceId, spanId: '12'.repeat(8), name: 'step', startTimeUnixNano: `${Date.now()}000000`, attributes });
const traces = (...spans: object[]) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });

it('says before anything arrived how to send something, and what waits', async () => {
  const { page, complaints, close } = await visit(browser);
  await page.goto(`${server.url}/intake`);
  await settled(page);
  await page.getByRole('heading', { name: 'No runs yet' }).waitFor();
  await page.getByText('All that was acknowledged is in the store.').waitFor();
  expect(await barriers(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

it.each([WIDE, PHONE])('shows the equation, and news of it without being asked, at %d', async (width) => {
  const { page, complaints, close } = await visit(browser, { width });
  const runs = daysOfWork(Date.now(), 1).slice(-3);
  await book(server.url, runs);
  await page.goto(`${server.url}/intake`);
  await settled(page);
  const equation = page.getByRole('region', { name: 'The balance', exact: true });
  const figures = async (): Promise<number[]> => {
    const shown = await equation.locator('dd:not(.term-words)').allTextContents();
    return shown.map((text) => Number(text.replaceAll(',', '')));
  };
  await expect.poll(async () => (await figures()).length).toBe(4);
  const before = await figures();

  await book(server.url, runs);
  await post('/v1/traces', traces(span('ab'.repeat(15) + width.toString(16).slice(-2).padStart(2, '0')), span('0'.repeat(32))));
  await post('/v1/logs', { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'hello' } }] }] }] });
  await post('/v1/metrics', { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints: [] } }] }] }] });

  // A span, a record and a group more are booked, and one span is refused.
  const news = async () => (await figures()).map((figure, i) => figure - before[i]!);
  await expect.poll(async () => [(await news())[1], (await news())[3]], { timeout: 30_000 }).toEqual([3, 1]);
  const [received, booked, duplicate, refused] = await figures();
  expect(received).toBe(booked! + duplicate! + refused!);
  expect(duplicate! - before[2]!).toBeGreaterThan(3);
  await equation.getByText('Balanced.').waitFor();
  await page.getByText('No valid trace id').waitFor();
  for (const name of ['Logs', 'Metrics']) await page.getByRole('rowheader', { name }).waitFor();
  expect(await sideways(page)).toBe(0);
  expect(await barriers(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

it('shows one signal alone, and is reached from the overview and by keys', async () => {
  const { page, close } = await visit(browser);
  await page.goto(`${server.url}/?range=1h`);
  await page.getByRole('link', { name: 'See the intake' }).click();
  await page.waitForURL(/\/intake\?range=1h/);
  const logs = page.getByRole('group', { name: 'Signal' }).getByRole('button', { name: 'Logs' });
  await logs.click();
  expect(await logs.getAttribute('aria-pressed')).toBe('true');
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await page.waitForURL((url) => url.pathname === '/');
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await page.waitForURL((url) => url.pathname === '/intake');
  await close();
});

it('says what failed when the server does not answer, and tries again', async () => {
  const { page, close } = await visit(browser);
  await page.route('**/api/ingest?*', (route) => route.abort());
  await page.goto(`${server.url}/intake`);
  const failed = page.getByRole('alert').filter({ hasText: 'The balance could not be loaded.' });
  await failed.waitFor();
  await page.unroute('**/api/ingest?*');
  await failed.getByRole('button', { name: 'Retry' }).click();
  await page.getByText('Balanced.').waitFor();
  await close();
});
