import { expect, it } from 'vitest';
import { campaign } from './campaign.ts';
import type { Fault } from './faults.ts';
import { built, SEED } from './in-world.ts';

/** The short form of `npm run chaos`, whose long form finds what a few rounds cannot. */
async function rounds(count: number, only: readonly Fault[]): Promise<void> {
  console.log(`seed ${SEED} (AIRUNS_SEED)`);
  const outcome = await campaign({ rounds: count, seed: SEED, only, auditEvery: count, deletes: true, keep: false, say: console.log });
  expect(outcome.wrong).toEqual([]);
  expect(outcome.acknowledged).toBeGreaterThan(count);
}

it.runIf(built)('case 36: kill -9 and a failing disk at any moment lose and double nothing', { timeout: 300_000 }, async () => {
  await rounds(5, ['kill', 'full']);
});

it.runIf(built)(
  'case 38: power cuts that take any part of what no sync covered lose and double nothing',
  { timeout: 300_000 },
  async () => {
    await rounds(4, ['power', 'kill']);
  },
);

it.runIf(built)('case 46: a store that hangs, errs, loses answers or crashes gets everything once', { timeout: 300_000 }, async () => {
  await rounds(3, ['slow', 'failing']);
});

it.runIf(built)('case 64: a soak goes on until its time is over, with kills in between, and is exact', { timeout: 300_000 }, async () => {
  const until = Date.now() + 15_000;
  const all = ['kill', 'power', 'full'] as const;
  const options = {
    rounds: Number.POSITIVE_INFINITY,
    seed: SEED + 1,
    only: all,
    auditEvery: 20,
    deletes: true,
    keep: false,
    say: console.log,
  };
  const outcome = await campaign({ ...options, until });
  expect(outcome.wrong).toEqual([]);
  expect(Date.now()).toBeGreaterThan(until);
  expect(outcome.rounds).toBeGreaterThan(1);
});
