import type { Interpreter as InterpreterOf } from '../../ingest/interpret/interpret.ts';
import { Interpreter } from '../../ingest/interpret/interpret.ts';
import type { Journal, Segment } from '../../ingest/journal/journal.ts';
import type { Loader } from '../../ingest/load/loader.ts';
import { Pipeline } from '../../ingest/pipeline.ts';
import type { IngestResult } from '../../ingest/protocol.ts';
import { storeLookup } from '../../ingest/settle/lookup.ts';
import { Settler } from '../../ingest/settle/settle.ts';
import { verifyBooks } from '../../schema/index.ts';
import { openTestStore, type TestStore } from '../support/otlp-store.ts';
import type { Input } from './inputs.ts';

/** Longest that one request may keep the ingest thread, in milliseconds. */
export const MAX_MS = 1000;
const PROJECT = 'fuzz';
/** Batches are cut here, long before senders would be told to wait. */
const MAX_BATCH_BYTES = 32 * 1024 * 1024;

/** An input that did harm, and what harm. */
export interface Finding {
  readonly input: Input;
  readonly harm: string;
}

/**
 * The ingest thread without its thread: decode, interpret, price, settle and the block are the pipeline's own, and every block is really
 * inserted into an embedded store. Only the journal's file is left out: a batch is durable here when the store has it.
 */
export class Mill {
  readonly outcomes: Record<string, number> = {};
  /** Spans and log records that senders were told are rejected. */
  rejected = 0;
  /** Longest that one input took until its batch had it, in milliseconds. */
  slowest = 0;
  rows = 0;
  blocks = 0;
  #answers = new Map<number, IngestResult>();
  #troubles: string[] = [];
  #pipeline: Pipeline;
  #interpreter: InterpreterOf;
  #number = 0;
  private constructor(private readonly books: TestStore) {
    [this.#pipeline, this.#interpreter] = this.#start();
  }

  static async open(): Promise<Mill> {
    return new Mill(await openTestStore());
  }

  #start(): [Pipeline, InterpreterOf] {
    const interpreter = new Interpreter();
    const settler = new Settler({ lookup: storeLookup(this.books.store, () => this.#interpreter.keys) });
    const loaded: Segment[] = [];
    const journal = {
      append: async (block: Buffer): Promise<Segment> => {
        await this.books.load(block);
        this.blocks++;
        return { batch: this.blocks, file: '', token: '', bytes: block.length, at: Date.now() };
      },
    };
    const loader = { queued: 0, queuedBytes: 0, lastMs: 0, add: (segment: Segment) => void loaded.push(segment) };
    const pipeline: Pipeline = new Pipeline(settler, journal as unknown as Journal, loader as unknown as Loader, interpreter, {
      answer: (results) => {
        for (const segment of loaded.splice(0)) pipeline.loaded(segment);
        for (const { id, result } of results) this.#answers.set(id, result);
      },
      markers: () => undefined,
      touched: () => undefined,
      trouble: (message) => void this.#troubles.push(message),
    });
    return [pipeline, interpreter];
  }

  /** Takes inputs through to the store, many at a time as the server does. Resolves to those that did harm. */
  async feed(inputs: readonly Input[]): Promise<Finding[]> {
    const findings: Finding[] = [];
    for (let from = 0; from < inputs.length; ) {
      let to = from;
      for (let bytes = 0; to < inputs.length && bytes < MAX_BATCH_BYTES; to++) bytes += inputs[to]!.body.length;
      findings.push(...(await this.#batch(inputs.slice(from, to))));
      from = to;
    }
    return findings;
  }

  async #batch(inputs: readonly Input[]): Promise<Finding[]> {
    const findings: Finding[] = [];
    const ids: number[] = [];
    for (const input of inputs) {
      const ms = this.#submit(input);
      ids.push(this.#number);
      this.slowest = Math.max(this.slowest, ms);
      if (ms > MAX_MS && (await this.#isSlow(input))) findings.push({ input, harm: `takes ${Math.round(ms)} ms` });
    }
    await this.#pipeline.drain();
    const troubles = this.#troubles.splice(0);
    const answers = ids.map((id) => this.#answers.get(id));
    this.#countAnswers();
    if (troubles.length === 0 && answers.every((a) => a && a.outcome !== 'busy' && a.outcome !== 'failed')) return findings;
    return [...findings, ...(await this.#culprits(inputs, troubles))];
  }

  #submit(input: Input): number {
    const id = ++this.#number;
    // The server moves bodies to the thread: each has memory of its own.
    const request = { ...input, body: Buffer.from(input.body), id, project: PROJECT };
    const before = performance.now();
    this.#pipeline.submit(request);
    return performance.now() - before;
  }

  /** Every answer counts, also to what was only sent again to see how long it takes. */
  #countAnswers(): void {
    for (const result of this.#answers.values()) {
      this.outcomes[result.outcome] = (this.outcomes[result.outcome] ?? 0) + 1;
      if ('rejected' in result) this.rejected += result.rejected;
    }
    this.#answers.clear();
  }

  /** Slow each of three times, not only once on a machine that had other things to do. */
  async #isSlow(input: Input): Promise<boolean> {
    for (let tries = 0; tries < 3; tries++) if (this.#submit(input) <= MAX_MS) return false;
    return true;
  }

  /** Which inputs of a batch that failed do so alone. Where none does, all of them are to blame together. */
  async #culprits(inputs: readonly Input[], troubles: readonly string[]): Promise<Finding[]> {
    const findings: Finding[] = [];
    for (const input of inputs) {
      const harm = await this.harmOf(input);
      if (harm) findings.push({ input, harm });
      if (findings.length >= 20) break;
    }
    if (findings.length > 0) return findings;
    return [{ input: inputs[0]!, harm: `only together with the ${inputs.length - 1} inputs after it: ${troubles[0] ?? 'no answer'}` }];
  }

  /** What one input does on its own, in a pipeline of its own: null where it does no harm. */
  async harmOf(input: Input): Promise<string | null> {
    [this.#pipeline, this.#interpreter] = this.#start();
    const ms = this.#submit(input);
    await this.#pipeline.drain();
    const result = this.#answers.get(this.#number);
    const [trouble] = this.#troubles.splice(0);
    this.#countAnswers();
    if (trouble) return trouble;
    if (!result || result.outcome === 'busy' || result.outcome === 'failed') return result ? result.message : 'no answer';
    if (ms > MAX_MS && (await this.#isSlow(input))) return `takes ${Math.round(ms)} ms`;
    return null;
  }

  /** What is wrong with the books after all of it. Empty: they are exact, and say what the senders were told. */
  async verify(): Promise<string[]> {
    await this.#pipeline.drain();
    const wrong: string[] = [];
    for (const { name, mismatches } of await verifyBooks(this.books.store)) {
      if (mismatches.length > 0) wrong.push(`${name}: ${mismatches.length} wrong, first ${JSON.stringify(mismatches[0])}`);
    }
    const [log] = await this.books.store.query<{ refused: string; missing: string }>(
      'SELECT sum(rejected) AS refused, sum(received - booked - duplicate - rejected) AS missing FROM ingest_log',
    );
    if (log!.missing !== '0') wrong.push(`received - booked - duplicate - rejected is ${log!.missing}`);
    if (log!.refused !== String(this.rejected)) wrong.push(`${log!.refused} are booked as rejected, senders were told of ${this.rejected}`);
    const [tasks] = await this.books.store.query<{ n: string }>('SELECT count() AS n FROM tasks');
    this.rows = Number(tasks!.n);
    return wrong;
  }

  close(): Promise<void> {
    return this.books.close();
  }
}
