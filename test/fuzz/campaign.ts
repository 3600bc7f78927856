import { type Corpus, type Encoding, loadCorpus } from './corpus.ts';
import { Dice } from './dice.ts';
import { type Input, makeInput } from './inputs.ts';
import { type Finding, Mill } from './mill.ts';
import { minimise } from './minimise.ts';
import { keep } from './regressions.ts';
import { Target } from './target.ts';

export interface CampaignOptions {
  readonly inputs: number;
  readonly seed: number;
  readonly encodings: readonly Encoding[];
  /** Ends before all inputs are made where it takes longer; 0 = never. */
  readonly seconds: number;
  /** Share of the inputs that is also sent to the real server over HTTP. */
  readonly http: number;
  /** Runs that questions are asked about afterwards. */
  readonly asked: number;
  readonly print: (line: string) => void;
}

/** Inputs that become one block: every one of them is inserted. */
const BATCH = 5000;
const CONNECTIONS = 8;
const MINIMISE_SECONDS = 20;
/** What memory may grow by after the first quarter, when all caches have met their limits: a tenth, and what a collector leaves lying about. */
const MAX_GROWTH = 1.1;
const SLACK_MB = 96;

/** One run of the fuzzer: inputs by the thousand, through the pipeline into a store, some of them through the whole server. */
export class Campaign {
  readonly #corpus: Corpus = loadCorpus();
  readonly #memory: { done: number; mill: number; server: number }[] = [];
  #harm = 0;
  constructor(private readonly options: CampaignOptions) {}

  /** Resolves to the number of findings, which are printed and kept. */
  async run(): Promise<number> {
    const { inputs, seed, encodings, seconds, http, print } = this.options;
    print(`fuzz: ${inputs} inputs, ${encodings.join(' and ')}, seed ${seed}`);
    const mill = await Mill.open();
    const target = http > 0 ? await Target.open() : null;
    const started = Date.now();
    let done = 0;
    let next = 0;
    try {
      while (done < inputs && !(seconds > 0 && Date.now() - started > seconds * 1000)) {
        const batch = this.#make(done, Math.min(BATCH, inputs - done));
        const findings = await mill.feed(batch);
        if (target) findings.push(...(await this.#send(target, batch, done)));
        await this.#report(findings, mill);
        done += batch.length;
        if (done >= next) {
          this.#remember(done, target);
          next += inputs / 4;
        }
      }
      this.#remember(done, target);
      const wrong = [...(await mill.verify()), ...(target ? await target.aftermath(this.options.asked) : []), ...this.#grown()];
      for (const line of wrong) print(`WRONG: ${line}`);
      this.#harm += wrong.length;
      print(
        `in process: ${done} inputs in ${mill.blocks} blocks, ${mill.rows} rows; ${tally(mill.outcomes)}; slowest ${mill.slowest.toFixed(0)} ms`,
      );
      if (target) print(`over HTTP: ${tally(target.statuses)}; slowest ${target.slowest.toFixed(0)} ms`);
    } finally {
      await target?.close();
      await mill.close();
    }
    print(`fuzz: ${done} inputs in ${Math.round((Date.now() - started) / 1000)} s, ${this.#harm} findings, seed ${seed}`);
    return this.#harm;
  }

  #make(from: number, count: number): Input[] {
    const { seed, encodings } = this.options;
    return Array.from({ length: count }, (_, i) => makeInput(this.#corpus, seed, from + i, encodings[(from + i) % encodings.length]!));
  }

  async #send(target: Target, batch: readonly Input[], from: number): Promise<Finding[]> {
    const { seed, http } = this.options;
    // Numbers of their own: what is made of an input here is not what made it.
    const sample = batch.map((input, i) => ({ input, dice: new Dice(~seed, from + i) })).filter(({ dice }) => dice.chance(http));
    const findings: Finding[] = [];
    const send = async (): Promise<void> => {
      for (let next = sample.pop(); next; next = sample.pop()) {
        const { input, dice } = next;
        const harm = await target.send(dice, input).catch((error: unknown) => `no answer: ${String(error)}`);
        if (harm) findings.push({ input, harm });
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, send));
    return [...findings, ...(await target.hanging())];
  }

  async #report(findings: readonly Finding[], mill: Mill): Promise<void> {
    for (const { input, harm } of findings) {
      this.#harm++;
      const alone = await mill.harmOf(input);
      const kind = alone && firstLine(alone);
      const stays = async (smaller: Input): Promise<boolean> => firstLine((await mill.harmOf(smaller)) ?? '') === kind;
      const kept = kind ? await minimise(input, stays, MINIMISE_SECONDS) : input;
      this.options.print(`FOUND: ${harm}\n  kept as ${keep(kept)} (${kept.body.length} bytes)`);
    }
  }

  #remember(done: number, target: Target | null): void {
    globalThis.gc?.();
    const mill = Math.round(process.memoryUsage().rss / 1024 / 1024);
    const server = target?.memory() ?? 0;
    this.#memory.push({ done, mill, server });
    this.options.print(`memory after ${done}: ${mill} MB in process${target ? `, ${server} MB server` : ''}`);
  }

  #grown(): string[] {
    const [, quarter] = this.#memory;
    const end = this.#memory.at(-1)!;
    if (!quarter || this.options.inputs < 100_000) return [];
    return (['mill', 'server'] as const)
      .filter((of) => end[of] > quarter[of] * MAX_GROWTH + SLACK_MB)
      .map((of) => `memory of the ${of} grew from ${quarter[of]} MB at a quarter to ${end[of]} MB`);
  }
}

const tally = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, n]) => `${n} x ${name}`)
    .join(', ');

const firstLine = (text: string): string => text.split('\n')[0]!.replace(/\d+/g, 'n');
