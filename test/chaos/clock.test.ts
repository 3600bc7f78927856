import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, it } from 'vitest';
import { until } from '../support/server.ts';
import { built, inWorld, underLoad } from './in-world.ts';

const folder = mkdtempSync(join(tmpdir(), 'airuns-clock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HOUR = 3_600_000;

it.runIf(built)(
  'case 49: a clock that jumps back an hour and ahead a day, and another time zone, change nothing',
  { timeout: 300_000 },
  () => {
    const clock = join(folder, 'offset');
    writeFileSync(clock, '0');
    return inWorld(
      'embedded',
      async (world) => {
        for (const offset of [0, -HOUR, 24 * HOUR, -HOUR, 0]) {
          await world.up();
          await underLoad(world, async () => {
            writeFileSync(clock, String(offset));
            const before = world.load.counts.acknowledged;
            await until(async () => (world.load.counts.acknowledged > before + 15 ? true : null), `it goes on at ${offset} ms`);
            // The jump is behind the process, or falls between two of them.
            if (offset > 0) await world.kill();
          });
        }
        // What was dated ahead must be in the past when the analytics are asked for all until now.
        writeFileSync(clock, String(25 * HOUR));
      },
      { preload: ['clock.mjs'], env: { AIRUNS_CHAOS_CLOCK: clock, TZ: 'America/New_York' } },
    );
  },
);
