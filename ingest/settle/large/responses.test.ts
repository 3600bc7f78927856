import { expect, it } from 'vitest';
import { makeDraft, TRACE } from '../../../test/support/otlp-drafts.ts';
import type { Draft } from '../../draft.ts';
import { Settler } from '../settle.ts';

const NOW = 1_795_341_600_000;
const COUNT = 60_000;

/** Milliseconds of CPU that `work` takes. */
async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

it('very many calls of one response id cost no more than as many calls', async () => {
  const settler = new Settler({ lookup: async () => [], seenMegabytes: 1 });
  settler.seen.complete = true;
  const span = (i: number, weight: number): Draft =>
    makeDraft({ spanId: (i + 1).toString(16).padStart(16, '0'), kind: 'llm', known: 3, responseId: 'one', weight });
  const drafts = Array.from({ length: COUNT }, (_, i) => span(i, 1));
  let batch = 0;
  const book = async (some: readonly Draft[]): Promise<void> => {
    const settled = await settler.settle('p', some, NOW);
    for await (const part of settled.parts()) expect(part.length).toBeGreaterThan(0);
    settled.commit(++batch);
  };
  await book(drafts.slice(0, COUNT / 2));
  await book(drafts.slice(COUNT / 2));
  const better = await cpuOf(async () => {
    for (let i = 0; i < 100; i++) await book([span(i * 200, 2)]);
  });
  const deleted = await cpuOf(async () => {
    await settler.change('p', [TRACE], { kind: 'delete' }, NOW);
  });
  console.log(
    `${COUNT} calls of one response id: a better version ${(better / 100).toFixed(1)} ms, a delete ${deleted.toFixed(0)} ms of CPU`,
  );
  expect(better / 100).toBeLessThan(8);
  expect(deleted).toBeLessThan(1000);
});
