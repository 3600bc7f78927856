import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../../query/contract/index.ts';
import { startServer, type TestServer, until } from '../support/server.ts';
import { barriers, launch, PHONE, type Scheme, settled, sideways, type Visit, visit, WIDE } from './ui-browser.ts';
import { book, daysOfWork } from './ui-day.ts';

const REFUND = '7f3a9c2b5d1e4f60718293a4b5c6e41b';
let browser: Browser;
let server: TestServer;

beforeAll(async () => {
  [browser, server] = await Promise.all([launch(), startServer()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function open(path: string, options: Parameters<typeof visit>[1] = {}) {
  const visitor = await visit(browser, options);
  await visitor.page.goto(server.url + path);
  await settled(visitor.page);
  return visitor;
}

const search = (page: Page) => new URL(page.url()).searchParams;
const rows = (page: Page) =>
  page
    .getByRole('table', { name: 'Runs' })
    .getByRole('row')
    .filter({ has: page.getByRole('cell') });

/** Resolves when the focus is on something that says `text`. */
const focused = (page: Page, text: string) => page.locator(':focus', { hasText: text }).waitFor();

describe('before there is any data', () => {
  it('says how to send a first run, and loads samples on request', async () => {
    const { page, complaints, close } = await open('/runs');
    await expect(page.getByRole('heading', { name: 'No runs yet' }).isVisible()).resolves.toBe(true);
    expect(await page.getByRole('region', { name: 'No runs yet' }).textContent()).toContain(`OTEL_EXPORTER_OTLP_ENDPOINT=${server.url}`);
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Load sample data' }).click();
    await rows(page).first().waitFor();
    await expect.poll(() => rows(page).count(), { timeout: 20_000 }).toBeGreaterThan(5);
    expect(complaints).toEqual([]);
    await close();
  });
});

describe('with two days of work', () => {
  beforeAll(async () => {
    await book(server.url, daysOfWork(Date.now(), 5));
    // Batches are loaded in order, and this run is in the last one.
    await until(async () => ((await fetch(`${server.url}/api/runs/${REFUND}`)).ok ? true : null), 'the two days are loaded');
  });

  const pages = [
    ['overview', '/'],
    ['runs', '/runs'],
    ['failed runs', '/runs?status=failed'],
    ['nothing matches', '/runs?q=there-is-no-such-run'],
    ['run', `/runs/${REFUND}`],
    ['cost of a run', `/runs/${REFUND}?tab=cost`],
    ['messages of a run', `/runs/${REFUND}?tab=messages`],
    ['attributes', `/runs/${REFUND}?tab=attributes`],
    ['raw', `/runs/${REFUND}?tab=raw`],
    ['chat', '/chat'],
    ['intake', '/intake'],
    ['an intake without anything', '/intake?from=2020-01-01&to=2020-01-02'],
    ['a bad address', '/runs?from=abc&to=99&status=odd&sort=up&peek=&minCost=x'],
    ['a bad range', '/?from=+275760-09-13&to=never&range=3y'],
    ['a resumed chat', `/chat?runId=${REFUND}`],
    ['no such page', '/nowhere'],
  ] as const;
  const looks: [Scheme, number][] = [
    ['light', WIDE],
    ['dark', WIDE],
    ['light', PHONE],
    ['dark', PHONE],
  ];

  describe.each(looks)('%s at %d', (scheme, width) => {
    let visitor: Visit;
    beforeAll(async () => {
      visitor = await visit(browser, { scheme, width });
    });
    afterAll(() => visitor.close());

    it.each(pages)('%s: quiet console, no sideways scroll, no barriers', async (_name, path) => {
      const { page, complaints } = visitor;
      complaints.length = 0;
      await page.goto(server.url + path);
      await settled(page);
      expect(complaints).toEqual([]);
      expect(await sideways(page)).toBe(0);
      expect(await barriers(page)).toEqual([]);
    });
  });

  it('keeps filters in the address, through a reload and back', async () => {
    const { page, close } = await open('/runs');
    await page.getByRole('checkbox', { name: /^failed/ }).check();
    await page.waitForURL(/status=failed/);
    await settled(page);
    const failed = await rows(page).count();
    await page.reload();
    await settled(page);
    expect(await page.getByRole('checkbox', { name: /^failed/ }).isChecked()).toBe(true);
    expect(await rows(page).count()).toBe(failed);
    await page.goBack();
    await settled(page);
    expect(search(page).has('status')).toBe(false);
    await close();
  });

  it('keeps the range when one moves about', async () => {
    const { page, close } = await open('/');
    await page.getByRole('button', { name: /^Time range/ }).click();
    await page.getByRole('button', { name: 'Last 7 days' }).click();
    await page.getByRole('navigation', { name: 'Main', exact: true }).getByRole('link', { name: 'Runs', exact: true }).click();
    await settled(page);
    expect(page.url()).toContain('/runs');
    expect(search(page).get('range')).toBe('7d');
    await close();
  });

  it('searches while one types, without a step for each letter', async () => {
    const { page, close } = await open('/runs');
    await page.keyboard.press('/');
    await page.keyboard.type('refund for order');
    await page.waitForURL(/q=refund/);
    await settled(page);
    expect(await rows(page).count()).toBe(1);
    await page.goBack();
    expect(page.url()).not.toContain('/runs');
    await close();
  });

  it('says which filters leave nothing, and lifts them', async () => {
    const { page, close } = await open('/runs?minCost=5000&feature=chat');
    const nothing = page.getByRole('region', { name: 'Nothing matches' });
    expect(await nothing.textContent()).toContain('cost ≥ $5,000.00');
    await nothing.getByRole('button', { name: 'Clear filters' }).click();
    await rows(page).first().waitFor();
    expect([...search(page).keys()]).toEqual([]);
    await close();
  });

  it('orders by a head', async () => {
    const { page, close } = await open('/runs');
    await page.getByRole('button', { name: 'Tokens' }).click();
    await settled(page);
    expect(search(page).get('sort')).toBe('-tokens');
    const shown = await page.locator('.run-row:not(.head) .c-tokens').allTextContents();
    const tokens = shown.map((text) => Number(text.replace(/\D/g, '')));
    expect(tokens.length).toBeGreaterThan(5);
    expect(tokens).toEqual(tokens.toSorted((a, b) => b - a));
    await close();
  });

  it('keeps a star through a reload', async () => {
    const { page, close } = await open(`/runs/${REFUND}`);
    const star = page.getByRole('button', { name: 'Star Refund for order 88213' });
    const saved = page.waitForResponse((response) => response.request().method() === 'PATCH');
    await star.click();
    expect(await star.getAttribute('aria-pressed')).toBe('true');
    expect((await saved).status()).toBe(200);
    await page.reload();
    await settled(page);
    expect(await star.getAttribute('aria-pressed')).toBe('true');
    await page.goto(`${server.url}/runs?starred=true`);
    await settled(page);
    expect(await rows(page).count()).toBe(1);
    await close();
  });

  it('renames a run in place', async () => {
    const { page, close } = await open(`/runs/${REFUND}`);
    await page.getByRole('button', { name: 'Change the name' }).click();
    await page.getByRole('textbox', { name: 'Name of the run' }).fill('Blender refund');
    const saved = page.waitForResponse((response) => response.request().method() === 'PATCH');
    await page.keyboard.press('Enter');
    await saved;
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Blender refund' }).waitFor();
    await close();
  });

  it('peeks, steps, closes and opens by keyboard', async () => {
    const { page, close } = await open('/runs');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const peek = page.getByRole('complementary', { name: 'Peek at a run' });
    await peek.waitFor();
    const first = search(page).get('peek');
    await page.keyboard.press('j');
    await page.waitForURL((url) => url.searchParams.get('peek') !== first);
    await page.keyboard.press('k');
    await page.waitForURL((url) => url.searchParams.get('peek') === first);
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await peek.waitFor({ state: 'detached' });
    expect(search(page).has('peek')).toBe(false);
    await page.keyboard.press('Enter');
    await peek.waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/runs/${first}*`);
    await close();
  });

  it('opens the run at once on a phone', async () => {
    const { page, close } = await open('/runs', { width: PHONE });
    await page.locator('.run-link').first().click();
    await page.waitForURL(/\/runs\/[0-9a-z]+/);
    await close();
  });

  it('narrows the range on the strip by keyboard', async () => {
    const { page, close } = await open('/runs');
    await page.getByRole('slider', { name: /Runs, failures and cost/ }).focus();
    for (const key of ['ArrowLeft', 'Shift+ArrowLeft', 'Shift+ArrowLeft', 'Enter']) await page.keyboard.press(key);
    await page.waitForURL(/from=/);
    const [from, to] = [search(page).get('from'), search(page).get('to')];
    expect(Date.parse(to ?? '') - Date.parse(from ?? '')).toBe(3 * 900_000);
    await close();
  });

  it('walks the waterfall by keyboard', async () => {
    const { page, close } = await open(`/runs/${REFUND}`);
    const tree = page.getByRole('treegrid', { name: 'Tasks' });
    const selected = tree.locator('[aria-selected="true"]');
    await selected.focus();
    await page.keyboard.press('Home');
    await focused(page, 'support-assistant');
    expect(await selected.textContent()).toContain('support-assistant');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await focused(page, 'text-embedding-3-small');
    expect(search(page).get('task')).toBe(await selected.getAttribute('data-task'));
    await page.keyboard.press('ArrowLeft');
    await focused(page, 'search_kb');
    await page.keyboard.press('ArrowLeft');
    expect(await selected.getAttribute('aria-expanded')).toBe('false');
    expect(await tree.getByText('text-embedding-3-small').count()).toBe(0);
    await page.keyboard.press('ArrowRight');
    expect(await selected.getAttribute('aria-expanded')).toBe('true');
    await close();
  });

  it('shows the receipt of a call to the last digit', async () => {
    const { page, close } = await open(`/runs/${REFUND}`);
    await page.getByRole('treegrid', { name: 'Tasks' }).getByText('3.38 s').click();
    const receipt = page.locator('.task-main');
    await receipt.getByText('Booked: the reported amount').waitFor();
    const text = (await receipt.textContent()) ?? '';
    for (const part of ['$0.003522', '$0.0008184', '$0.00579', '$0.0101304', '−$0.0000304', '$0.0101']) expect(text).toContain(part);
    await close();
  });

  it('finds a run and a page from anywhere', async () => {
    const { page, close } = await open('/');
    await page.keyboard.press('Control+k');
    const box = page.getByRole('textbox', { name: 'Search or jump to' }).or(page.getByRole('combobox', { name: 'Search or jump to' }));
    await box.fill('Ticket');
    await page.getByRole('button', { name: /Search all runs for/ }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: /Search all runs for/ }).click();
    await page.waitForURL(/\/runs\?q=Ticket/);
    await close();
  });

  it('opens on Enter what it found first', async () => {
    const { page, close } = await open('/');
    const box = page.getByRole('textbox', { name: 'Search or jump to' }).or(page.getByRole('combobox', { name: 'Search or jump to' }));
    const first = page.locator('[data-action][data-selected]');
    for (const [words, found, path] of [
      ['intake', 'Intake', '/intake'],
      [REFUND, 'Open this run', `/runs/${REFUND}`],
    ] as const) {
      await page.keyboard.press('Control+k');
      await box.fill(words);
      await first.filter({ hasText: found }).waitFor();
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => url.pathname === path);
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await close();
  });

  it('finds runs by words of what was said in them', async () => {
    const { page, close } = await open('/runs?q=cracked+blender');
    expect(await rows(page).count()).toBe(1);
    expect(await page.locator(`[data-run="${REFUND}"]`).count()).toBe(1);
    await page.getByRole('searchbox', { name: 'Search runs' }).fill('');
    await page.getByText('words that stand in one message').waitFor();
    await close();
  });

  it('leaves the runs whose cost is not known', async () => {
    const { page, close } = await open('/runs');
    await page.getByRole('checkbox', { name: /^unknown/ }).check();
    await page.waitForURL(/cost=unknown/);
    await settled(page);
    const costs = await page.locator('.run-row:not(.head) .c-cost').allTextContents();
    expect(new Set(costs)).toEqual(new Set(['unknown']));
    await close();
  });

  it('goes to the overview by G O, and peeks at nothing on the way', async () => {
    const { page, close } = await open('/runs');
    await page.keyboard.press('j');
    const visited: string[] = [];
    page.on('framenavigated', (frame) => visited.push(frame.url()));
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await page.waitForURL((url) => url.pathname === '/');
    expect(visited.filter((url) => url.includes('peek='))).toEqual([]);
    await close();
  });

  it('remembers the theme without a flash', async () => {
    const { page, close } = await open('/');
    await page.getByRole('button', { name: 'Theme' }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    // Without the page's own code there is only what was set before the first paint.
    await page.route('**/assets/*.js', (route) => route.abort());
    await page.reload();
    expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark');
    await close();
  });

  it('chats, names the run in the address, and goes on after a reload', async () => {
    const { page, complaints, close } = await open('/chat');
    await page.getByRole('textbox', { name: 'Message' }).fill('What is 12*7?');
    await page.keyboard.press('Enter');
    await page.waitForURL(/runId=/);
    const runId = search(page).get('runId');
    await page.getByText('84').first().waitFor();
    await page.getByRole('button', { name: 'Send' }).waitFor();
    await page.getByText('Cost so far').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.reload();
    await settled(page);
    expect(await page.getByRole('log', { name: 'Messages' }).textContent()).toContain('What is 12*7?');
    await page.getByRole('link', { name: 'Open the run' }).click();
    await page.waitForURL(`**/runs/${runId}*`);
    expect(complaints).toEqual([]);
    await close();
  });

  it('goes on with a chat that is reloaded before it is booked', async () => {
    const { page, close } = await open('/chat');
    await page.getByRole('textbox', { name: 'Message' }).fill('Tell me something [[slow]]');
    await page.keyboard.press('Enter');
    await page.waitForURL(/runId=/);
    await page.reload();
    await page.getByRole('log', { name: 'Messages' }).getByText('Tell me something').waitFor();
    expect(await page.getByText('This chat is gone').count()).toBe(0);
    await close();
  });

  it('lets new runs in when asked, and shows what is live', async () => {
    const { page, close } = await open('/runs');
    await page.getByRole('button', { name: 'Live' }).waitFor();
    const before = await page.locator('.run-link').first().textContent();
    const late = daysOfWork(Date.now(), 1).at(-1)!;
    await book(server.url, [{ ...late, at: Date.now() - 1000, id: 'feedfeedfeedfeedfeedfeedfeedfeed' }]);
    const pill = page.getByRole('button', { name: /new$/ });
    await pill.waitFor();
    expect(await page.locator('.run-link').first().textContent()).toBe(before);
    await pill.click();
    await page.locator('[data-run="feedfeedfeedfeedfeedfeedfeedfeed"]').waitFor();
    await close();
  });

  it('deletes a run only after asking', async () => {
    const { page, close } = await open('/runs/feedfeedfeedfeedfeedfeedfeedfeed');
    await page.getByRole('button', { name: 'More about this run' }).click();
    await page.getByRole('menuitem', { name: 'Delete', exact: true }).click();
    expect(await page.getByRole('dialog').textContent()).toContain('This cannot be undone.');
    await page.getByRole('button', { name: 'Delete the run' }).click();
    await page.waitForURL(/\/runs$/);
    await page.goto(`${server.url}/runs/feedfeedfeedfeedfeedfeedfeedfeed`);
    await page.getByRole('heading', { name: 'There is no such run' }).waitFor();
    await close();
  });

  it('deletes all runs of a user only when the user is written out, and the totals lose them', async () => {
    const { page, complaints, close } = await open('/runs?user=r.silva');
    const runs = async () => ((await (await fetch(`${server.url}/api/analytics/summary?user=r.silva`)).json()) as Summary).runs;
    const before = await runs();
    expect(before).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'More about r.silva' }).click();
    await page.getByRole('menuitem', { name: 'Delete all runs of r.silva' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(`${before} runs`).waitFor();
    const button = dialog.getByRole('button', { name: 'Delete them all' });
    expect(await button.isDisabled()).toBe(true);
    expect(await barriers(page)).toEqual([]);
    await dialog.getByRole('textbox').fill('r.silva');
    await button.click();
    await page.waitForURL(/\/runs$/);
    await expect.poll(runs, { timeout: 20_000 }).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });
});

it('is small: what a first visit loads before its page stays under 260 KB', async () => {
  const dist = new URL('../../ui/dist/', import.meta.url);
  const html = readFileSync(new URL('index.html', dist), 'utf8');
  const scripts = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]!);
  const size = scripts.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist))).length, 0);
  expect(scripts.length).toBeGreaterThan(0);
  expect(size).toBeLessThan(260 * 1024);
});
