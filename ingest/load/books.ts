import {
  type Baseline,
  type BrokenPart,
  bookedMonths,
  completeListed,
  completeMonth,
  findTornParts,
  leaveOutRefused,
  putBeside,
  type Reconciled,
  readBrokenParts,
  reconcile,
  recordSetAside,
  type Store,
  type StoreError,
} from '../../schema/index.ts';
import type { Journal, Segment } from '../journal/journal.ts';
import { bootId, type Known, readKnown, writeKnown } from './boot.ts';
import { HalfBooked, Loader } from './loader.ts';
import { type Note, takeNote } from './note.ts';
import { close, keepRefused, readSetAside, type SetAside } from './set-aside.ts';
import { syncFileSystem } from './sync.ts';

export interface BooksOptions {
  store: Store;
  journal: Journal;
  /** The folder whose file system holds the embedded engine's parts; null where the store is another machine's. */
  syncDir: string | null;
  /** Compare the journal with the books although nothing says that it is needed. */
  reconcile?: boolean;
  /** Called in order, when a batch is in the store. */
  onLoaded(segment: Segment): void;
  /**
   * Traces that are not booked as they were settled: what is known of them must be asked of the store again. Resolves when nothing builds on it
   * any more, to the number of the last batch that may. It may take as long as a batch waits for the loader: it is not waited for.
   */
  onSetAside(project: string, traceIds: readonly string[]): Promise<number>;
  onTrouble(message: string): void;
  /** Something acknowledged is missing from the books, or was. */
  onAlarm(message: string): void;
}

/**
 * Everything between the journal and the store: loads batch after batch, and puts the books right where a batch cannot be loaded as it is, or
 * where the store may have lost what it said it had.
 */
export class Books {
  readonly loader: Loader;
  /** Set aside, and not yet sure that nothing settled on top of it is still to come; with the batch after which it is. */
  readonly #open: OpenAside[] = [];
  #loaded = 0;
  #known: Known = { boot: '', broken: [] };
  #kept: SetAside | null = null;
  /** Spans that were set aside, ever, by batch. */
  readonly #aside = new Map<string, number>();

  constructor(private readonly options: BooksOptions) {
    const { store, journal, syncDir, onTrouble } = options;
    this.loader = new Loader({
      store,
      journal,
      syncDir,
      onTrouble,
      note: (since) => takeNote(store, since),
      refused: (segment, error, retained) => this.#refused(segment, error, retained),
      onLoaded: (segment) => {
        this.#loaded = segment.batch;
        options.onLoaded(segment);
        this.#revisit();
      },
    });
  }

  /** Spans that were set aside, ever. */
  get spansSetAside(): number {
    let sum = 0;
    for (const spans of this.#aside.values()) sum += spans;
    return sum;
  }

  /** Loads what earlier processes left, by tokens or, where the store cannot be trusted to know them, by comparison. Nothing else may load before. */
  async catchUp(): Promise<void> {
    const { store, journal, onAlarm } = this.options;
    for (const line of journal.lost) onAlarm(line);
    for (const aside of await readSetAside(journal.dir)) {
      this.#aside.set(aside.token, aside.spans);
      if (aside.open) this.#open.push({ aside, until: journal.left.length, waits: false });
    }
    const [boot, known] = [await bootId(), await readKnown(journal.dir)];
    if (known) this.#known = known;
    if (this.#restarted(boot, known?.boot)) await this.#putTornBeside();
    const broken = await readBrokenParts(store);
    const fresh = broken.filter((part) => !known?.broken.includes(nameOf(part)));
    for (const part of fresh) onAlarm(`the store could not read the part ${nameOf(part)} and started without it`);
    const why = this.#doubt(boot, known, fresh);
    if (why && journal.left.length > 0) await this.#compare(why);
    else for (const segment of journal.left) this.loader.add(segment);
    await this.loader.idle();
    await this.#completeMonths(fresh);
    const settleAll = async (): Promise<void> => {
      for (const entry of this.#open.splice(0)) await this.#settle(entry.aside);
    };
    await this.loader.alone(() => this.loader.exclusive(settleAll));
    // What cannot be made safe stays in the journal: the loader says so, and tries again.
    await this.loader.release().catch(() => undefined);
    if (this.loader.retained === 0) await this.loader.exclusive(async () => journal.remember(await takeNote(store, Date.now())));
    const { comparing } = this.#known;
    await this.#know({ boot, broken: broken.map(nameOf), ...(comparing && this.loader.retained > 0 ? { comparing } : {}) });
  }

  /** Durable when it resolves. */
  async #know(known: Known): Promise<void> {
    await writeKnown(this.options.journal.dir, known);
    this.#known = known;
  }

  /** Why what the store says it has may not be so; null where it can be believed. */
  #doubt(boot: string, known: Known | null, fresh: readonly BrokenPart[]): string | null {
    if (this.options.reconcile) return 'asked for';
    const { syncDir, journal } = this.options;
    if (journal.left.some(({ token }) => token === known?.comparing)) return 'a batch was being booked without its token';
    if (this.#restarted(boot, known?.boot)) return 'the machine was restarted';
    if (syncDir === null) return null;
    const blocks = (journal.checkpointed?.note as Note | undefined)?.blocks ?? [];
    // A part with rows that were safe is gone for another reason than a power cut: what the totals say of them must not be taken back.
    const torn = fresh.some(
      (part) => !blocks.some(({ table, partition, last }) => table === part.table && partition === part.partition && part.first <= last),
    );
    return torn ? 'parts of the store are torn' : null;
  }

  /** Whether what was not synced may be lost. */
  #restarted(boot: string, before: string | undefined): boolean {
    const { syncDir, journal } = this.options;
    // Version 0.1 kept neither: what it left is loaded as it would have loaded it.
    const unknown = before === undefined && journal.checkpointed === null;
    return syncDir !== null && !unknown && (boot !== before || boot === '');
  }

  async #putTornBeside(): Promise<void> {
    const { store, journal } = this.options;
    // A merge may have begun before the last sync and ended after it.
    const since = ((journal.checkpointed?.note as Note | undefined)?.at ?? 0) - MERGE_MS;
    // What a torn part was merged from takes its place, and may be torn as well.
    for (let torn = await findTornParts(store, since); torn.length > 0; torn = await findTornParts(store, since))
      await putBeside(store, torn);
  }

  async #compare(why: string): Promise<void> {
    const { store, journal, syncDir, onAlarm, onLoaded } = this.options;
    onAlarm(`${why}: ${journal.left.length} batches of the journal are compared with the books`);
    const baseline = (journal.checkpointed?.note as Note | undefined)?.balance ?? null;
    const files = journal.left.map(({ file }) => file);
    const remember = (wide: Baseline): Promise<void> =>
      journal.remember({ ...(journal.checkpointed!.note as Note), balance: wide } satisfies Note);
    const reconciled = await reconcile(store, files, baseline, { atStart: { remember } });
    onAlarm(`the books are complete: ${summary(reconciled)}`);
    if (reconciled.refused) {
      // Which of them brought it is not told apart: the traces are named, and every batch is kept.
      for (const segment of journal.left) this.#count(await keepRefused(journal.dir, segment, reconciled.refused), 0);
      await recordSetAside(store, journal.left[0]!.token, reconciled.refused.traces);
    }
    if (syncDir !== null) await syncFileSystem(syncDir);
    await journal.release(journal.left, await takeNote(store, Date.now()));
    for (const segment of journal.left) onLoaded(segment);
  }

  /** Whole months, where it is not known which of their totals are wrong. */
  async #completeMonths(fresh: readonly BrokenPart[]): Promise<void> {
    const { store, journal, onAlarm } = this.options;
    const months = new Set(fresh.filter(({ table }) => TOTALS.has(table)).map(({ partition }) => monthOf(partition)));
    if (journal.lost.length > 0) for (const month of (await bookedMonths(store)).slice(-2)) months.add(month);
    for (const month of months) {
      const differed = await completeMonth(store, month);
      if (differed > 0) onAlarm(`${differed} totals of ${month.slice(0, 7)} were not what their tasks add up to, and are now`);
    }
  }

  async #refused(segment: Segment, error: StoreError, retained: readonly Segment[]): Promise<boolean> {
    const { store, journal, onAlarm, onSetAside } = this.options;
    const baseline = (journal.lastNote as Note | undefined)?.balance ?? null;
    const files = [...retained, segment].map(({ file }) => file);
    const half = (): boolean => this.#known.comparing === segment.token;
    // Kept, and known to be booked in part, before anything is: from then on its token does not say what of it there is.
    const keep = async (refused: NonNullable<Reconciled['refused']>): Promise<void> => {
      this.#kept = await keepRefused(journal.dir, segment, refused);
      if (!half()) await this.#know({ ...this.#known, comparing: segment.token });
    };
    let reconciled: Reconciled | null;
    try {
      reconciled = await (half() ? reconcile : leaveOutRefused)(store, files, baseline, { keep });
      if (reconciled?.refused) await recordSetAside(store, segment.token, reconciled.refused.traces);
    } catch (failure) {
      throw half() ? new HalfBooked(String(failure)) : failure;
    }
    // Null: the reason lies elsewhere. Nothing refused: it passed between two tries.
    if (!reconciled?.refused) return reconciled !== null;
    const { traces } = reconciled.refused;
    const aside = this.#kept!;
    onAlarm(
      `batch ${segment.token} is booked without ${traces.length} traces (${aside.spans} spans) that the store refuses; ` +
        `they are in ${journal.dir}/refused (${traces[0]?.reason ?? error.message})`,
    );
    const projects = [...new Set(traces.map(({ project }) => project))];
    const journaled = journal.next - 1;
    const open = this.#count(aside, Number.POSITIVE_INFINITY);
    const named = traces.filter(({ trace }) => trace !== '');
    const forgotten = projects.map((project) =>
      onSetAside(
        project,
        named.filter((one) => one.project === project).map(({ trace }) => trace),
      ),
    );
    // What is being settled right now, or waits to be loaded, may build on what is set aside.
    Promise.all(forgotten).then(
      (batches) => {
        open.until = Math.max(journaled, ...batches);
        this.#revisit();
      },
      (error: unknown) => this.options.onTrouble(`what was known of ${segment.token} is not forgotten: ${String(error)}`),
    );
    return true;
  }

  #count(aside: SetAside, until: number): OpenAside {
    const open = { aside, until, waits: false };
    this.#aside.set(aside.token, aside.spans);
    this.#open.push(open);
    return open;
  }

  /** Batches settled on top of what was set aside take back what was never booked: after each the totals are put right. */
  #revisit(): void {
    for (const open of this.#open) {
      if (open.waits) continue;
      open.waits = true;
      this.loader
        .alone(() => this.loader.exclusive(() => this.#recount(open)))
        .catch((error: unknown) => {
          open.waits = false;
          this.options.onTrouble(`the totals around ${open.aside.token} are not checked: ${String(error)}`);
        });
    }
  }

  async #recount(open: OpenAside): Promise<void> {
    open.waits = false;
    if (!this.#open.includes(open)) return;
    const last = this.#loaded >= open.until;
    await (last ? this.#settle(open.aside) : completeListed(this.options.store, open.aside.totals));
    if (last) this.#open.splice(this.#open.indexOf(open), 1);
  }

  async #settle(aside: SetAside): Promise<void> {
    await completeListed(this.options.store, aside.totals);
    await close(this.options.journal.dir, aside);
  }
}

/** What was set aside, with the batch after which nothing more builds on it. */
interface OpenAside {
  readonly aside: SetAside;
  until: number;
  /** A recount is to come, which will see all that is loaded by then. */
  waits: boolean;
}

/** Longer than a merge of fresh parts takes. */
const MERGE_MS = 10 * 60_000;
const TOTALS = new Set(['runs', 'usage_hourly', 'usage_daily']);
const nameOf = ({ table, name }: BrokenPart): string => `${table}/${name}`;
/** `YYYYMM` or `YYYYMMDD` as the first of the month. */
const monthOf = (partition: string): string => `${partition.slice(0, 4)}-${partition.slice(4, 6)}-01`;

function summary({ repaired, refused }: Reconciled): string {
  const tables = Object.entries(repaired).map(([table, n]) => `${n} of ${table}`);
  return `${tables.join(', ')} were repaired${refused ? `, ${refused.traces.length} traces set aside` : ''}`;
}
