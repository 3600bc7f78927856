import { expect, it } from 'vitest';
import { until } from '../support/server.ts';
import { built, inWorld, underLoad } from './in-world.ts';

it.runIf(built)('case 37: SIGTERM under load drains, exits with 0 and leaves an empty journal', { timeout: 300_000 }, () =>
  inWorld('embedded', async (world) => {
    for (let round = 0; round < 2; round++) {
      await world.up();
      await underLoad(world, async () => {
        const before = world.load.counts.acknowledged;
        await until(async () => (world.load.counts.acknowledged > before + 20 ? true : null), 'it is busy');
        const since = performance.now();
        expect(await world.stop()).toBe(0);
        expect(performance.now() - since).toBeLessThan(11_000);
      });
    }
  }),
);
