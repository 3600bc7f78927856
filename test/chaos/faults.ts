import type { DiskFault, World } from './world.ts';

export const FAULTS = ['kill', 'power', 'full', 'slow', 'failing'] as const;
export type Fault = (typeof FAULTS)[number];

/** Faults of a store beyond the network need one; the others have the engine in the process that is killed. */
export const ENGINE: Readonly<Record<Fault, World['engine']>> = {
  kill: 'embedded',
  power: 'embedded',
  full: 'embedded',
  slow: 'remote',
  failing: 'remote',
};

type Next = () => number;
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
/** Mostly soon, so that there are many rounds; at times late enough for the server to have let go of what it made safe. */
const moment = (next: Next): number => (next() < 0.08 ? 9000 + next() * 4000 : next() * 400);
const below = (next: Next, limit: number): number => Math.floor(next() * limit);

/**
 * One round of each kind, while the load runs. Each begins with a server that is up and just got going, and resolves, with a word on what
 * it did, when the fault is over; the server may be down then.
 */
export const STRIKES: Readonly<Record<Fault, (world: World, next: Next) => Promise<string>>> = {
  kill: async (world, next) => {
    await sleep(moment(next));
    await world.kill();
    let kills = 1;
    // A process that has just begun to clear up after the last blow is at its most tender.
    for (; kills < 3 && next() < 0.35; kills++) {
      await world.spawn();
      await sleep(next() * (next() < 0.5 ? 500 : 1500));
      await world.kill();
    }
    return `${kills} x`;
  },
  power: async (world, next) => {
    await sleep(moment(next));
    const { removed, cut, undone } = await world.powerCut();
    return `${removed} files gone, ${cut} cut, ${undone} undone`;
  },
  full: async (world, next) => {
    const fault = diskFault(next);
    world.breakDisk(fault);
    await sleep(200 + next() * 1500);
    const killed = next() < 0.3;
    if (killed) await world.kill();
    world.healDisk();
    return `${fault.code}${killed ? ', killed' : ''}`;
  },
  slow: async (world, next) => {
    const hang = next() < 0.4;
    world.store.begin(hang ? { hang: 1 } : { delayMs: 100 + below(next, 500) });
    await sleep(1000 + next() * 2000);
    world.store.heal();
    return hang ? 'hung' : 'slow';
  },
  failing: async (world, next) => {
    const crash = next() < 0.4;
    world.store.begin({ refuse: next() * 0.4, memory: next() * 0.4, lostAnswer: next() * 0.6, delayMs: below(next, 30) });
    await sleep(800 + next() * 1500);
    if (crash) await world.restartStore();
    const killed = next() < 0.3;
    if (killed) await world.kill();
    world.store.heal();
    return [crash ? 'store restarted' : 'errors', ...(killed ? ['killed'] : [])].join(', ');
  },
};

function diskFault(next: Next): DiskFault {
  const code = (['ENOSPC', 'EIO', 'EACCES'] as const)[below(next, 3)]!;
  // Everything at once, or one operation now and then: the second finds what the first never reaches.
  if (next() < 0.4) return { code, chances: { open: 1, write: 1, sync: 1, rename: 1 } };
  const operation = (['open', 'write', 'sync', 'rename'] as const)[below(next, 4)]!;
  return { code, chances: { [operation]: 0.2 + next() * 0.6 } };
}
