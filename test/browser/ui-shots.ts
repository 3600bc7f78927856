/**
 * Makes the pictures in docs/: `node --import tsx test/browser/ui-shots.ts`. Starts a server of its own with two made-up days in it; build
 * the page first.
 */
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { startServer } from '../support/server.ts';
import { launch, PHONE, type Scheme, settled, visit, WIDE } from './ui-browser.ts';
import { book, daysOfWork, otlpOf, runUnderWay } from './ui-day.ts';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));
const REFUND = '7f3a9c2b5d1e4f60718293a4b5c6e41b';
/** A phone's page is shown as far as this. */
const LONGEST = 1900;

async function talk(browser: Browser, url: string): Promise<string> {
  const { page, close } = await visit(browser);
  await page.goto(`${url}/chat`);
  for (const message of ['What is 17.5% of 240, and what time is it?', 'And 17.5% of 96?']) {
    await page.getByRole('textbox', { name: 'Message' }).fill(message);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await page.getByRole('button', { name: 'Send' }).waitFor();
    await settled(page);
  }
  const runId = new URL(page.url()).searchParams.get('runId');
  await close();
  if (!runId) throw new Error('the chat has no run');
  return runId;
}

/** A day like any other for the intake: something is sent twice, something is refused, and logs and metrics come along. */
async function oddities(url: string, now: number): Promise<void> {
  const runs = daysOfWork(now).slice(-40);
  await book(url, runs);
  const send = async (path: string, body: unknown) => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}`);
  };
  const logs = Array.from({ length: 64 }, (_, n) => ({ timeUnixNano: `${now}000000`, body: { stringValue: `cache miss ${n}` } }));
  await send('/v1/logs', { resourceLogs: [{ scopeLogs: [{ logRecords: logs }] }] });
  const metrics = ['requests', 'latency', 'queue'].map((name) => ({ metrics: [{ name, gauge: { dataPoints: [] } }] }));
  await send('/v1/metrics', { resourceMetrics: metrics.map((scope) => ({ scopeMetrics: [scope] })) });
  const spans = [...otlpSpansOf(runs.slice(0, 1)), { traceId: '0'.repeat(32), spanId: '1'.repeat(16), name: 'lost' }];
  await send('/v1/traces', { resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

/** The spans of runs as they are sent. */
function otlpSpansOf(runs: Parameters<typeof otlpOf>[0]): object[] {
  const { resourceSpans } = otlpOf(runs) as { resourceSpans: { scopeSpans: { spans: object[] }[] }[] };
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

/** Makes the window as high as what is in it, so that what is fixed to its edges stands there. */
async function stretch(page: Page, width: number, longest: number): Promise<void> {
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  await page.setViewportSize({ width, height: Math.min(longest, Math.max(844, height)) });
  await settled(page);
}

async function shoot(browser: Browser, url: string, name: string, path: string, scheme: Scheme, width: number): Promise<void> {
  const { page, close } = await visit(browser, { scheme, width });
  await page.goto(url + path);
  await settled(page);
  const scrollsInside = name === 'chat' || (name === 'runs' && width === WIDE);
  if (!scrollsInside) await stretch(page, width, width === WIDE ? 1400 : LONGEST);
  await page.screenshot({ path: `${DOCS}${name}-${scheme}-${width}.png` });
  await close();
}

const [browser, server] = await Promise.all([launch(), startServer()]);
try {
  const now = Date.now();
  await book(server.url, daysOfWork(now));
  await book(server.url, [runUnderWay(now - 12_000)]);
  await oddities(server.url, now);
  const chat = await talk(browser, server.url);
  const pages = [
    ['overview', () => '/'],
    ['runs', (width: number) => (width === WIDE ? `/runs?peek=${REFUND}` : '/runs')],
    ['run', () => `/runs/${REFUND}`],
    ['chat', () => `/chat?runId=${chat}`],
    ['intake', () => '/intake?range=1h'],
  ] as const;
  for (const [name, path] of pages) {
    for (const scheme of ['light', 'dark'] as const) {
      for (const width of [WIDE, PHONE]) await shoot(browser, server.url, name, path(width), scheme, width);
    }
  }
} finally {
  await browser.close();
  await server.stop();
}
