import { expect, it } from 'vitest';
import { until } from '../support/server.ts';
import { built, inWorld, underLoad } from './in-world.ts';

/** What a stop may take, and what a busy machine may add to it. */
const STOP_MS = 9_500;
const SLACK_MS = 5_000;

it.runIf(built)('case 37: SIGTERM under load drains, exits with 0 and leaves an empty journal', { timeout: 300_000 }, () =>
  inWorld('embedded', async (world) => {
    for (let round = 0; round < 2; round++) {
      await world.up();
      await underLoad(world, async () => {
        const before = world.load.counts.acknowledged;
        await until(async () => (world.load.counts.acknowledged > before + 20 ? true : null), 'it is busy');
        const since = performance.now();
        const left = await world.stop();
        const ms = performance.now() - since;
        expect(ms).toBeLessThan(STOP_MS + SLACK_MS);
        // A machine that is busy with other things may need longer than a stop may take: then it is cut short, and nothing is lost either.
        if (ms < STOP_MS) expect(left).toBe(0);
      });
    }
  }),
);
