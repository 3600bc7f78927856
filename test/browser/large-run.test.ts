import { rmSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../query/contract/index.ts';
import { bookLargeRun } from '../support/large-run.ts';
import { startServer, type TestServer, until } from '../support/server.ts';
import { barriers, launch, PHONE, settled, sideways, visit, WIDE } from './ui-browser.ts';

const TRACE = '1a'.repeat(16);
const TASKS = 100_032;
const CALLS = 31;
/** A root, and a step for every 31 calls. */
const LISTED = 1 + Math.ceil((TASKS - 1) / (CALLS + 1));
/** The id of a task by its place in the tree. */
const span = (place: number): string => (place + 1).toString(16).padStart(16, '0');

let browser: Browser;
let server: TestServer;

beforeAll(async () => {
  [browser, server] = await Promise.all([launch(), startServer()]);
  await bookLargeRun(server.url, { traceId: TRACE, tasks: TASKS, at: Date.now() - 120_000, calls: CALLS });
  const booked = async (): Promise<true | null> => {
    const response = await fetch(`${server.url}/api/runs/${TRACE}`);
    return response.ok && ((await response.json()) as Run).taskCount === TASKS ? true : null;
  };
  await until(booked, `${TASKS} tasks of the run`, 120);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(server.dataDir, { recursive: true, force: true });
});

/** The row of a task by its whole name, or by another whole word in it. */
const row = (page: Page, name: string) =>
  page
    .getByRole('treegrid', { name: 'Tasks' })
    .getByRole('row')
    .filter({ has: page.getByText(name, { exact: true }) });
const inDocument = (page: Page): Promise<number> => page.locator('.waterfall-row:not(.head)').count();
const focused = (page: Page, text: string) => page.locator('.waterfall-row:focus', { hasText: text }).waitFor();

describe.each([WIDE, PHONE])('a run of 100,032 tasks at %d', (width) => {
  it('shows its first rows at once, says how much it does not list, and keeps few rows in the document', async () => {
    const { page, complaints, close } = await visit(browser, { width });
    const start = Date.now();
    await page.goto(`${server.url}/runs/${TRACE}`);
    await row(page, 'case 5').waitFor();
    console.log(`first rows after ${Date.now() - start} ms`);
    await page.getByText(`${LISTED.toLocaleString('en-US')} of 100,032 tasks listed`).waitFor();
    await settled(page);
    expect(await inDocument(page)).toBeLessThan(80);
    expect(await sideways(page)).toBe(0);
    expect(await barriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('opens a row, and what is below it comes', async () => {
    const { page, close } = await visit(browser, { width });
    await page.goto(`${server.url}/runs/${TRACE}`);
    await row(page, 'case 4').getByRole('button', { name: 'Unfold case 4' }).click();
    await page.getByText(`${(LISTED + CALLS).toLocaleString('en-US')} of 100,032 tasks listed`).waitFor();
    await row(page, 'timeout').waitFor();
    await page.getByRole('button', { name: 'Close all' }).click();
    await page.getByText(`${LISTED.toLocaleString('en-US')} of 100,032 tasks listed`).waitFor();
    await close();
  });
});

describe('a run of 100,032 tasks', () => {
  it('goes to its last task by keyboard, and only what is looked at is asked for', async () => {
    const { page, close } = await visit(browser);
    let windows = 0;
    page.on('request', (request) => {
      if (request.url().includes('/tasks?')) windows += 1;
    });
    await page.goto(`${server.url}/runs/${TRACE}`);
    await settled(page);
    await page.locator('.waterfall-row[aria-selected="true"]').focus();
    await page.keyboard.press('End');
    await focused(page, `case ${LISTED - 2}`);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await focused(page, 'gpt-5-mini');
    await page.keyboard.press('ArrowLeft');
    await focused(page, `case ${LISTED - 2}`);
    await settled(page);
    expect(windows).toBeLessThan(8);
    expect(await inDocument(page)).toBeLessThan(80);
    await close();
  });

  it('is entered at any task by a link, in its place', async () => {
    const { page, complaints, close } = await visit(browser);
    // The third call of step 2,000.
    const place = 1 + 2000 * (CALLS + 1) + 3;
    await page.goto(`${server.url}/runs/${TRACE}?task=${span(place)}`);
    const selected = page.locator('.waterfall-row[aria-selected="true"]');
    await selected.waitFor();
    expect(await selected.getAttribute('data-task')).toBe(span(place));
    await row(page, 'case 2000').waitFor();
    await settled(page);
    expect(await page.getByRole('region', { name: 'Selected task', exact: true }).textContent()).toContain(
      'Booked: the amount priced by us',
    );
    expect(complaints).toEqual([]);
    await close();
  });

  it('leads from failure to failure, opening what hides them', async () => {
    const { page, close } = await visit(browser);
    await page.goto(`${server.url}/runs/${TRACE}`);
    await settled(page);
    const selected = page.locator('.waterfall-row[aria-selected="true"]');
    for (const step of [4, 9]) {
      await page.getByRole('button', { name: 'Next failure' }).click();
      await page.waitForURL((url) => url.searchParams.get('task') === `${TRACE}:${span(1 + step * (CALLS + 1) + 3)}`);
      await selected.filter({ hasText: 'timeout' }).waitFor();
    }
    await close();
  });

  it('adds up its cost by model to the last task', async () => {
    const { page, close } = await visit(browser);
    await page.goto(`${server.url}/runs/${TRACE}?tab=cost`);
    const table = page.getByRole('region', { name: 'Amounts by model' });
    await table.waitFor({ timeout: 120_000 });
    const run = (await (await fetch(`${server.url}/api/runs/${TRACE}`)).json()) as Run;
    const booked = (await table.getByRole('row').filter({ hasText: 'Booked' }).textContent()) ?? '';
    expect(booked).toContain(`$${run.cost}`);
    expect(booked).toContain(`+ ${run.usageUnknownCalls} calls without an amount`);
    await close();
  });
});
