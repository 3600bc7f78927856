import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe } from 'vitest';
import { buildCollector, hasGo } from './build.ts';
import { type Collector, type Role, type Settings, startCollector } from './process.ts';

/** What a test starts and makes. All of it ends with the test, the last one first. */
export interface Rig {
  /** The path of the collector. */
  program(): string;
  /** A folder of its own. */
  directory(): Promise<string>;
  start(role: Role, queue: string, settings: Settings): Promise<Collector>;
  own<T>(thing: T, end: (thing: T) => Promise<unknown>): T;
}

/** Tests with a real collector, which is built first. Skipped where Go is not installed. */
export function describeCollector(name: string, tests: (rig: Rig) => void): void {
  const go = hasGo();
  describe.skipIf(!go)(go ? name : `${name} (skipped: Go is not installed)`, () => {
    let program = '';
    const ends: (() => Promise<unknown>)[] = [];
    const own: Rig['own'] = (thing, end) => {
      ends.unshift(() => end(thing));
      return thing;
    };
    beforeAll(async () => {
      program = await buildCollector();
    }, 900_000);
    afterEach(async () => {
      for (const end of ends.splice(0)) await end();
    });
    tests({
      program: () => program,
      directory: async () => own(await mkdtemp(join(tmpdir(), 'airuns-collector-')), (path) => rm(path, { recursive: true, force: true })),
      start: async (role, queue, settings) => own(await startCollector(program, role, queue, settings), (collector) => collector.kill()),
      own,
    });
  });
}
