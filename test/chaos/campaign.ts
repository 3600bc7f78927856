import { random } from '../bench/payload.ts';
import { audit } from './audit.ts';
import { ENGINE, type Fault, STRIKES } from './faults.ts';
import { World } from './world.ts';

export interface CampaignOptions {
  readonly rounds: number;
  readonly seed: number;
  readonly only: readonly Fault[];
  /** Rounds of one world between two audits; there is always one at the end. */
  readonly auditEvery: number;
  /** Whether runs are deleted, too. */
  readonly deletes: boolean;
  /** Leaves the data folders there. */
  readonly keep: boolean;
  /** Requests a second at most, of each world. */
  readonly rate?: number | undefined;
  /** Milliseconds of load before each blow, beside those that chance adds. */
  readonly pace?: number | undefined;
  /** No round begins after this instant, in milliseconds since 1970. */
  readonly until?: number;
  say(line: string): void;
}

export interface Outcome {
  readonly rounds: number;
  readonly acknowledged: number;
  readonly spans: number;
  /** Milliseconds, of the slowest start. */
  readonly slowestStart: number;
  /** What is wrong, a line each. Empty: nothing. */
  readonly wrong: readonly string[];
}

/** How long a server may take to acknowledge something once nothing is wrong any more. */
const RECOVERY_S = 30;

/**
 * Rounds of faults under load, on one world of each engine, with audits in between. Ends at the first audit that finds something: what comes
 * after it would only hide the cause.
 */
export async function campaign(options: CampaignOptions): Promise<Outcome> {
  const next = random(options.seed);
  const worlds = new Map<World['engine'], { world: World /** Since its last audit. */; rounds: number }>();
  const wrong: string[] = [];
  let [round, slowestStart] = [0, 0];
  try {
    for (; round < options.rounds && Date.now() < (options.until ?? Number.POSITIVE_INFINITY) && wrong.length === 0; round++) {
      const fault = options.only[Math.floor(next() * options.only.length)]!;
      const found = worlds.get(ENGINE[fault]) ?? {
        world: await World.open(ENGINE[fault], next, { deletes: options.deletes, rate: options.rate }),
        rounds: 0,
      };
      worlds.set(ENGINE[fault], found);
      const { line, start } = await oneRound(found.world, fault, next, options.pace ?? 0);
      slowestStart = Math.max(slowestStart, start);
      options.say(`${String(round + 1).padStart(4)} ${line}`);
      if (++found.rounds % options.auditEvery === 0) {
        wrong.push(...(await audited(found.world, options)));
        found.rounds = 0;
      }
    }
    for (const { world, rounds } of worlds.values()) if (wrong.length === 0 && rounds > 0) wrong.push(...(await audited(world, options)));
  } catch (error) {
    const output = [...worlds.values()].map(({ world }) => world.output()).filter(Boolean);
    wrong.push([error instanceof Error ? error.stack : String(error), ...output].join('\n'));
  } finally {
    const kept = options.keep || wrong.length > 0;
    for (const { world } of worlds.values()) {
      await world.close(kept);
      if (kept) options.say(`     the ${world.engine} world is in ${world.folder}`);
    }
  }
  const loads = [...worlds.values()].map(({ world }) => world.load);
  const acknowledged = loads.reduce((sum, load) => sum + load.counts.acknowledged, 0);
  const spans = loads.reduce((sum, load) => sum + load.books.spans.size, 0);
  return { rounds: round, acknowledged, spans, slowestStart, wrong };
}

async function audited(world: World, options: CampaignOptions): Promise<string[]> {
  const wrong = await audit(world);
  const { books } = world.load;
  const what = `${books.spans.size} spans, ${books.logs.size} log records, ${books.deleted.size} deleted runs`;
  options.say(`     audit of the ${world.engine} world: ${what}: ${wrong.length === 0 ? 'exact' : `${wrong.length} things wrong`}`);
  return wrong.map((line) => `${world.engine}: ${line}`);
}

async function oneRound(world: World, fault: Fault, next: () => number, pace: number): Promise<{ line: string; start: number }> {
  const { load } = world;
  const before = { ...load.counts };
  const start = await world.up();
  let over = false;
  const sending = load.run(world.url, () => over);
  try {
    await acknowledges(world, 1 + Math.floor(next() * 12));
    await new Promise((done) => setTimeout(done, pace));
    const resources = world.resources();
    const what = await STRIKES[fault](world, next);
    // Whatever is still up must get going again by itself.
    if (world.running) await acknowledges(world, 2);
    const { acknowledged, refused, cut } = load.counts;
    const counts = `acked ${acknowledged - before.acknowledged}, refused ${refused - before.refused}, cut ${cut - before.cut}`;
    return { line: `${fault.padEnd(8)} ${counts}${start > 0 ? `, ready after ${start.toFixed(0)} ms` : ''}${resources} (${what})`, start };
  } finally {
    over = true;
    await sending;
  }
}

/** Resolves when `count` more requests were acknowledged. */
async function acknowledges(world: World, count: number): Promise<void> {
  const { counts } = world.load;
  const goal = counts.acknowledged + count;
  const deadline = Date.now() + RECOVERY_S * 1000;
  while (counts.acknowledged < goal) {
    if (Date.now() > deadline) throw new Error(`the ${world.engine} world acknowledges nothing for ${RECOVERY_S} s without any fault`);
    await new Promise((again) => setTimeout(again, 10));
  }
}
