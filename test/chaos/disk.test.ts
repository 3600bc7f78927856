import { expect, it } from 'vitest';
import { random } from '../bench/payload.ts';
import { until } from '../support/server.ts';
import { ask, built, inWorld, send, underLoad } from './in-world.ts';
import { tracesBody, Workload } from './workload.ts';

const EVERYTHING = { open: 1, write: 1, sync: 1, rename: 1 };

it.runIf(built)(
  'case 40: a journal whose disk is full or broken refuses with 503, reads go on, and it resumes by itself',
  {
    timeout: 300_000,
  },
  () =>
    inWorld('embedded', async (world) => {
      const { counts } = world.load;
      const workload = new Workload(random(7));
      for (const code of ['ENOSPC', 'EIO', 'EACCES'] as const) {
        world.breakDisk({ code, chances: EVERYTHING });
        const refused = await send(world.url, tracesBody(workload.trace()));
        expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
        expect((await ask(`${world.url}/api/runs`)).status).toBe(200);
        expect((await ask(`${world.url}/readyz`)).status).toBe(200);
        world.healDisk();
        const before = counts.acknowledged;
        await underLoad(world, () => until(async () => (counts.acknowledged > before + 5 ? true : null), 'it resumes').then(() => {}));
      }
    }),
);
