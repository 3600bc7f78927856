import { expect, it } from 'vitest';
import { campaign } from './campaign.ts';
import type { Fault } from './faults.ts';

const SEED = Number(process.env.AIRUNS_SEED ?? 20_261_122);

/** The short form of `npm run chaos`, whose long form finds what a few rounds cannot. */
async function rounds(count: number, only: readonly Fault[]): Promise<void> {
  console.log(`seed ${SEED} (AIRUNS_SEED)`);
  const outcome = await campaign({ rounds: count, seed: SEED, only, auditEvery: count, deletes: false, keep: false, say: console.log });
  expect(outcome.wrong).toEqual([]);
  expect(outcome.acknowledged).toBeGreaterThan(count);
}

/** The preloads that break the disk reach the threads of the built server only. */
const built = process.env.AIRUNS_TEST_BUILT === '1';

it.runIf(built)('case 36: kill -9 and a failing disk at any moment lose and double nothing', { timeout: 300_000 }, async () => {
  await rounds(8, ['kill', 'full']);
});

it.runIf(built)('case 46: a store that hangs, errs, loses answers or crashes gets everything once', { timeout: 300_000 }, async () => {
  await rounds(4, ['slow', 'failing']);
});
