import { rmSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findPrice, picoToUsd, priceCall } from '../../pricing/src/index.ts';
import type { Conversation, Run, TaskList } from '../../query/contract/index.ts';
import { launchChromium } from '../support/chromium.ts';
import { startServer, type TestServer, until } from '../support/server.ts';

interface Usage {
  taskId: string;
  model: string;
  input: number;
  output: number;
  cacheRead: number | null;
  reasoning: number | null;
}

let server: TestServer;
let browser: Browser;
let page: Page;
/** What the model reported for each call, as the page was told. */
const reported: Usage[] = [];
const problems: string[] = [];

beforeAll(async () => {
  server = await startServer();
  browser = await launchChromium();
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on('pageerror', (error) => problems.push(error.message));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(server.dataDir, { recursive: true, force: true });
});

const api = async <T>(path: string): Promise<T> => (await (await fetch(server.url + path)).json()) as T;

/** Sends a message as a person would and resolves when the answer is complete. `meanwhile` runs as soon as it streams. */
async function say(text: string, meanwhile?: (runId: string) => Promise<void>): Promise<void> {
  const answered = page.waitForResponse((response) => response.url().endsWith('/api/features/chat'));
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Stop' }).waitFor();
  await page.waitForURL(/runId=/);
  if (meanwhile) await meanwhile(new URL(page.url()).searchParams.get('runId')!);
  const stream = await (await answered).text();
  for (const event of stream.split('\n\n')) {
    if (event.startsWith('event: usage\n')) reported.push(JSON.parse(event.slice(event.indexOf('data: ') + 6)) as Usage);
  }
  await page.getByRole('button', { name: 'Send' }).waitFor();
}

/** The run once all its calls are booked. */
const booked = (runId: string, calls: number): Promise<Run> =>
  until(async () => {
    const run = await api<Run>(`/api/runs/${runId}`);
    return run.llmCalls === calls && run.status === 'completed' ? run : null;
  }, `${calls} calls of run ${runId}`);

function expectedTotals(): { tokens: Run['tokens']; cost: string } {
  const sum = (of: (usage: Usage) => number | null): number => reported.reduce((total, usage) => total + (of(usage) ?? 0), 0);
  const pico = reported.reduce((total, usage) => {
    const price = findPrice('openai', usage.model, BigInt(Date.now()) * 1_000_000n);
    return total + priceCall({ ...usage, cacheWrite: null }, price!).pico!;
  }, 0n);
  const input = sum((u) => u.input);
  const output = sum((u) => u.output);
  const tokens = {
    input,
    output,
    cacheRead: sum((u) => u.cacheRead),
    cacheWrite: null,
    reasoning: sum((u) => u.reasoning),
    total: input + output,
  };
  return { tokens, cost: picoToUsd(pico) };
}

it('books a chat while one talks, and goes on with it after a restart', async () => {
  await page.goto(`${server.url}/chat`);

  await say('Hello, who are you? [[slow]]', async (runId) => {
    const list = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await list.goto(`${server.url}/runs`);
    const row = list.getByRole('row').filter({ has: list.locator(`[data-run="${runId}"]`) });
    await row.waitFor();
    expect(await row.textContent()).toContain('Hello, who are you');
    expect(await row.getByRole('img', { name: 'running' }).or(row.getByText('running')).count()).toBeGreaterThan(0);
    // It streams still: what was seen was a run under way.
    expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(1);
    await list.close();
  });
  await say('And in one sentence?');
  const runId = new URL(page.url()).searchParams.get('runId')!;

  const two = await booked(runId, 2);
  expect(reported).toHaveLength(2);
  expect(two).toMatchObject({ feature: 'chat', unpricedCalls: 0, usageUnknownCalls: 0, ...expectedTotals() });
  expect(two.name).toMatch(/^Hello, who are you/);

  await page.goto(`${server.url}/runs/${runId}`);
  await page.getByRole('heading', { name: two.name }).waitFor();
  const facts = await page.locator('dl.run-totals').textContent();
  expect(facts).toContain(two.tokens.total!.toLocaleString('en'));
  expect(facts).toContain('2 calls');
  expect(facts!.replaceAll(/[^$0-9.]/g, '')).toContain(`$${Number(two.cost).toPrecision(3)}`);
  const { tasks } = await api<TaskList>(`/api/runs/${runId}/tasks`);
  expect(tasks.filter((t) => t.kind === 'llm' && t.counted)).toHaveLength(2);

  const { port, dataDir } = server;
  expect(await server.stop()).toBe(0);
  server = await startServer({ port, dataDir });

  await page.goto(`${server.url}/chat?runId=${runId}`);
  const log = page.getByRole('log', { name: 'Messages' });
  await log.getByText('And in one sentence?').waitFor();
  expect(await log.getByRole('listitem').filter({ hasText: /^You/ }).count()).toBe(2);
  const history = await api<Conversation>(`/api/runs/${runId}/messages`);
  expect(history.messages.map((m) => m.role).filter((role) => role !== 'system')).toEqual(['user', 'assistant', 'user', 'assistant']);

  await say('Thank you. Anything else?');
  const three = await booked(runId, 3);
  expect(reported).toHaveLength(3);
  expect(three).toMatchObject(expectedTotals());
  expect(three.name).toBe(two.name);
  expect(problems).toEqual([]);
});
