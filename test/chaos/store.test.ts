import { expect, it } from 'vitest';
import { until } from '../support/server.ts';
import { built, inWorld, underLoad } from './in-world.ts';
import type { StoreFault } from './proxy.ts';
import type { World } from './world.ts';

/** Hurts the store under load until `faults` requests met the fault, and heals it. */
async function hurt(world: World, fault: StoreFault, faults: number): Promise<void> {
  const { counts } = world.load;
  await underLoad(world, async () => {
    await until(async () => (counts.acknowledged > 5 ? true : null), 'something is acknowledged');
    world.store.begin(fault);
    await until(async () => (world.store.faults >= faults ? true : null), `${faults} requests met the fault`, 60);
    world.store.heal();
    const before = counts.acknowledged;
    await until(async () => (counts.acknowledged > before + 5 ? true : null), 'it goes on');
  });
}

it.runIf(built)('case 44: a store out of memory gets the same insert again until it takes it', { timeout: 300_000 }, () =>
  inWorld('remote', (world) => hurt(world, { memory: 1 }, 12)),
);

it.runIf(built)('case 45: a store that is ten times slower, then hangs, holds up and loses nothing', { timeout: 300_000 }, () =>
  inWorld('remote', async (world) => {
    await hurt(world, { delayMs: 500 }, 20);
    await hurt(world, { hang: 1 }, world.store.faults + 3);
  }),
);

it.runIf(built)('case 46: an insert whose answer is lost is repeated verbatim and counts once', { timeout: 300_000 }, () =>
  inWorld('remote', async (world) => {
    await hurt(world, { lostAnswer: 1 }, 12);
    await underLoad(world, async () => {
      await world.restartStore();
      const before = world.load.counts.acknowledged;
      await until(async () => (world.load.counts.acknowledged > before + 5 ? true : null), 'it goes on after a crash of the store');
    });
  }),
);

it.runIf(built)(
  'case 37: a stop while the store hangs refuses with 503, ends within ten seconds and loses nothing',
  { timeout: 300_000 },
  () =>
    inWorld('remote', async (world) => {
      await underLoad(world, async () => {
        await until(async () => (world.load.counts.acknowledged > 5 ? true : null), 'something is acknowledged');
        world.store.begin({ hang: 1 });
        await until(async () => (world.store.faults > 2 ? true : null), 'it hangs');
        const refused = world.load.counts.refused;
        const since = performance.now();
        const stopped = world.stop();
        await until(async () => (world.load.counts.refused > refused ? true : null), 'what comes is refused');
        // What it left in the journal is named by stop(); an exit code other than 0 would be told, too.
        expect(await stopped).toMatch(/left in the journal/);
        expect(performance.now() - since).toBeLessThan(14_500);
      });
      world.store.heal();
    }),
);
