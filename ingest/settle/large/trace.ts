import type { Draft } from '../../draft.ts';
import type { Entry, TaskRow } from '../diff.ts';
import { bareOf, goneVerdict } from '../gone.ts';
import { shrinks } from '../shrunk.ts';
import { OutOfStepError } from '../unsettled.ts';
import type { RunStatus, Verdict } from '../verdict.ts';
import { KeptRows } from './kept.ts';
import { Local } from './local.ts';
import { Resolver } from './resolver.ts';
import { Bit, KIND, larger } from './spans.ts';

/** Rows of these spans of the trace, newest versions, as the store has them. */
export type FetchRows = (spanIds: readonly string[]) => Promise<TaskRow[]>;

/** Rows that are written at a time. */
const PART = 4000;
/** Rows of a batch that are kept until the store has them; of a larger one none are, and who needs one waits. */
const KEPT = 40_000;

/** The bearer of the run's facts. */
interface Bearer {
  readonly slot: number;
  readonly name: string;
  readonly status: RunStatus;
  readonly tags: string;
}

/** What is the same on all rows of the trace. */
type Common = Pick<Verdict, 'visible' | 'user' | 'session' | 'feature' | 'source'>;

/** What a batch does to the trace. */
interface Transaction {
  readonly now: number;
  /** Slots there were before. */
  readonly count: number;
  /** What the spans said that say something else now. */
  readonly saved: Map<number, number[]>;
  readonly drafts: Map<number, Draft>;
  readonly rewrite: ((draft: Draft) => Draft) | null;
  readonly rewritten: Set<number>;
  readonly written: Map<number, TaskRow>;
  dirty: Int32Array;
  bearer: Bearer | null;
  bearerMoves: boolean;
}

/**
 * A trace of many thousand spans. What decides about others is kept in columns, some 200 bytes a span; the rows are in the store; a span that
 * comes costs what it changes, not what there is. One batch at a time: {@link begin}, put, {@link finish}, read {@link parts}, {@link commit}.
 * A batch that was not committed is undone by the next.
 */
export class LargeTrace {
  readonly #resolver = new Resolver();
  readonly #kept: KeptRows;
  /** What is booked of each span: the local verdict, the run and what is common (as strings), version and time of first booking. */
  #booked = new Uint16Array(0);
  #run = new Int32Array(0);
  #common = new Int32Array(0);
  #ver = new Uint32Array(0);
  #seen = new Float64Array(0);
  #bearer: Bearer | null = null;
  /** Rows that bear facts beside the bearer, of a correction that was journaled by half. */
  readonly #formerBearers = new Set<number>();
  #factVer = 0;
  #firstSeen = Number.POSITIVE_INFINITY;
  /** Run and common facts as they were booked last: where they change every row may. */
  #last = '';
  #transaction: Transaction | null = null;

  /** @param ending nobody waits for the store once it is aborted */
  constructor(
    readonly traceId: string,
    private readonly fetch: FetchRows,
    ending: AbortSignal,
  ) {
    this.#kept = new KeptRows(ending);
  }

  get size(): number {
    return this.#resolver.spans.present;
  }

  get bytes(): number {
    return this.#resolver.bytes + this.#booked.length * 22 + this.#kept.bytes;
  }

  /** The root is booked, and has ended. */
  get ended(): boolean {
    return this.#bearer !== null && this.#bearer.status !== 'running';
  }

  /** Takes in rows that are booked. `batch`: the one they are in, where the store may not have it yet; else 0. */
  load(rows: Iterable<TaskRow>, batch: number): void {
    const { spans } = this.#resolver;
    this.#resolver.allTouched = true;
    for (const row of rows) {
      const { draft, verdict: v } = row;
      const slot = spans.slotOf(draft.spanId);
      const gone = v.why === 'deleted';
      this.#resolver.put(slot, draft);
      if (gone) this.#resolver.strip(slot, v.runId);
      this.#fit();
      this.#booked[slot] = Local.pack(KIND[v.kind], v.counted, v.counted ? '' : v.why, v.flags);
      this.#run[slot] = spans.strings.idOf(v.runId);
      this.#common[slot] = spans.strings.idOf(gone ? GONE : textOf(v));
      this.#ver[slot] = row.ver;
      this.#seen[slot] = row.seen;
      this.#firstSeen = Math.min(this.#firstSeen, row.seen);
      if (v.bears) this.#loadBearer({ slot, name: v.bears.name, status: v.bears.status, tags: tagsText(v.bears.tags) }, row.factVer);
      if (batch > 0) this.#kept.set(slot, row, batch);
    }
  }

  /** Of several the last one is the bearer; the others are taken back with the next batch. */
  #loadBearer(bearer: Bearer, factVer: number): void {
    if (factVer < this.#factVer) {
      this.#formerBearers.add(bearer.slot);
      return;
    }
    if (this.#bearer) this.#formerBearers.add(this.#bearer.slot);
    this.#bearer = bearer;
    this.#factVer = factVer;
  }

  /** Batches up to `batch` are in the store. */
  loaded(batch: number): void {
    this.#kept.loaded(batch);
  }

  begin(now: number, rewrite: ((draft: Draft) => Draft) | null = null): void {
    if (this.#transaction) this.#undo(this.#transaction);
    this.#transaction = {
      now,
      count: this.#resolver.spans.count,
      saved: new Map(),
      drafts: new Map(),
      rewrite,
      rewritten: new Set(),
      written: new Map(),
      dirty: new Int32Array(0),
      bearer: null,
      bearerMoves: false,
    };
  }

  /** What stands against a draft: nothing or a lesser version, the same or a better one, or that its span was deleted. */
  offer(draft: Draft): 'better' | 'known' | 'deleted' {
    const { spans } = this.#resolver;
    const slot = spans.find(draft.spanId);
    if (slot < 0 || !spans.is(slot, Bit.present)) return 'better';
    if (spans.is(slot, Bit.gone)) return 'deleted';
    return spans.beats(draft, slot) ? 'better' : 'known';
  }

  /** Takes the draft as what there is of its span. */
  put(draft: Draft): void {
    const t = this.#transaction!;
    const slot = this.#resolver.spans.slotOf(draft.spanId);
    this.#save(t, slot);
    t.drafts.set(slot, draft);
    this.#resolver.put(slot, draft);
  }

  /** Asks the rewrite that the batch began with about all rows; they are fetched some at a time, and again when they are written. */
  async rewriteAll(): Promise<void> {
    const t = this.#transaction!;
    const { spans } = this.#resolver;
    const slots = Int32Array.from({ length: spans.count }, (_, i) => i).filter((i) => spans.is(i, Bit.present) && !spans.is(i, Bit.gone));
    slots.sort((a, b) => spans.byId(a, b));
    for (let from = 0; from < slots.length; from += PART) {
      for (const [slot, { draft }] of await this.#oldRows(slots.subarray(from, from + PART))) {
        const next = t.rewrite!(draft);
        if (next === draft) continue;
        this.#save(t, slot);
        t.rewritten.add(slot);
        this.#resolver.put(slot, next);
      }
    }
  }

  /** Strips every span that is booked for the run, or all. */
  strip(runId?: string): void {
    const { spans } = this.#resolver;
    for (let slot = 0; slot < spans.count; slot++) {
      if (!spans.is(slot, Bit.present) || spans.is(slot, Bit.gone)) continue;
      const booked = spans.strings.text(this.#run[slot]!);
      if (runId === undefined || booked === runId) this.#strip(slot, booked);
    }
  }

  /** Weighs what the batch brought; spans that turn out to be of a buried run are stripped, too. Returns how many rows must be written. */
  finish(buried?: ReadonlySet<string>): number {
    const t = this.#transaction!;
    for (let again = true; again; ) {
      this.#resolver.settle();
      this.#fit();
      t.bearer = this.#bearerNow();
      t.bearerMoves = !sameBearer(t.bearer, this.#bearer);
      t.dirty = this.#dirty(t);
      again = buried !== undefined && buried.size > 0 && this.#stripBuried(t.dirty, buried);
    }
    return t.dirty.length;
  }

  isGone(spanId: string): boolean {
    return this.#resolver.spans.is(this.#resolver.spans.find(spanId), Bit.gone);
  }

  get isNew(): boolean {
    return this.#firstSeen === Number.POSITIVE_INFINITY;
  }

  /** Run of the bearer as the batch leaves it; null where the trace is no run. */
  run(): { id: string; finished: boolean } | null {
    const { bearer } = this.#transaction!;
    if (!bearer || this.#resolver.facts.visible === 0) return null;
    return { id: this.#resolver.spans.strings.text(this.#runs()(bearer.slot)), finished: bearer.status !== 'running' };
  }

  /** The entries, some thousand at a time; rows that are taken back are fetched as they are needed. Runs that lose a row go to `shrunk`. */
  async *parts(shrunk: Set<string>): AsyncGenerator<readonly Entry[]> {
    const t = this.#transaction!;
    const traceSeen = Math.min(this.#firstSeen, t.now);
    const keep = t.dirty.length <= KEPT;
    const common = this.#commonNow();
    const runOf = this.#runs();
    for (let from = 0; from < t.dirty.length; from += PART) {
      const slots = t.dirty.subarray(from, from + PART);
      const old = await this.#oldRows(slots);
      const entries: Entry[] = [];
      for (const slot of slots) {
        const before = old.get(slot);
        const row = this.#rowOf(t, slot, before, common, this.#resolver.spans.strings.text(runOf(slot)));
        if (before) {
          entries.push({ sign: -1, row: before, traceSeen });
          if (shrinks(before, row)) shrunk.add(before.verdict.runId);
        }
        entries.push({ sign: 1, row, traceSeen });
        if (keep) t.written.set(slot, row);
      }
      yield entries;
    }
  }

  commit(batch: number): void {
    const t = this.#transaction!;
    this.#transaction = null;
    const { spans } = this.#resolver;
    const runOf = this.#runs();
    const common = spans.strings.idOf(textOf(this.#commonNow()));
    const gone = spans.strings.idOf(GONE);
    this.#fit();
    if (t.dirty.length > KEPT) this.#kept.unkept(batch, t.dirty);
    for (const slot of t.dirty) {
      if (this.#ver[slot] === 0) this.#seen[slot] = t.now;
      this.#ver[slot]!++;
      this.#booked[slot] = this.#localNow(slot);
      this.#run[slot] = runOf(slot);
      this.#common[slot] = spans.is(slot, Bit.gone) ? gone : common;
      const row = t.written.get(slot);
      if (row) this.#kept.set(slot, row, batch);
    }
    if (t.dirty.length > 0) this.#firstSeen = Math.min(this.#firstSeen, t.now);
    if (t.bearer && t.bearerMoves) this.#factVer++;
    this.#bearer = t.bearer;
    this.#formerBearers.clear();
    this.#last = this.#sharedNow();
    this.#resolver.touched.clear();
    this.#resolver.allTouched = false;
  }

  #undo({ saved, count }: Transaction): void {
    this.#transaction = null;
    const { spans } = this.#resolver;
    if (saved.size === 0 && spans.count === count) return;
    for (const [slot, values] of saved) spans.restore(slot, values);
    spans.truncate(count);
    this.#resolver.rebuild();
  }

  #save(t: Transaction, slot: number): void {
    if (slot < t.count && !t.saved.has(slot)) t.saved.set(slot, this.#resolver.spans.copy(slot));
  }

  #strip(slot: number, runId: string): void {
    this.#save(this.#transaction!, slot);
    this.#resolver.strip(slot, runId);
  }

  #stripBuried(dirty: Int32Array, buried: ReadonlySet<string>): boolean {
    const { spans } = this.#resolver;
    const runOf = this.#runs();
    const found = dirty.filter((slot) => !spans.is(slot, Bit.gone) && buried.has(spans.strings.text(runOf(slot))));
    for (const [slot, run] of [...found].map((slot) => [slot, spans.strings.text(runOf(slot))] as const)) this.#strip(slot, run);
    return found.length > 0;
  }

  #dirty(t: Transaction): Int32Array {
    const { spans, touched, allTouched } = this.#resolver;
    const runOf = this.#runs();
    const common = spans.strings.idOf(textOf(this.#commonNow()));
    const found: number[] = [];
    const look = (slot: number): void => {
      if (spans.is(slot, Bit.present) && this.#differs(t, slot, runOf, common)) found.push(slot);
    };
    if (allTouched || this.#last !== this.#sharedNow()) for (let slot = 0; slot < spans.count; slot++) look(slot);
    else {
      const slots = new Set(touched);
      for (const slot of [...t.drafts.keys(), ...t.rewritten, t.bearer?.slot ?? -1, this.#bearer?.slot ?? -1])
        if (slot >= 0) slots.add(slot);
      for (const slot of slots) look(slot);
    }
    // In the order of their ids they are read from few places of the store.
    return Int32Array.from(found).sort((a, b) => spans.byId(a, b));
  }

  #differs(t: Transaction, slot: number, runOf: (slot: number) => number, common: number): boolean {
    if (this.#ver[slot] === 0 || t.drafts.has(slot) || t.rewritten.has(slot)) return true;
    if (this.#resolver.spans.is(slot, Bit.gone)) return Local.why(this.#booked[slot]!) !== 'deleted';
    if (this.#booked[slot] !== this.#localNow(slot) || this.#run[slot] !== runOf(slot) || this.#common[slot] !== common) return true;
    if (this.#formerBearers.has(slot)) return true;
    return t.bearerMoves && (slot === t.bearer?.slot || slot === this.#bearer?.slot);
  }

  /** Of a trace that is no run nothing counts. */
  #localNow(slot: number): number {
    const local = this.#resolver.local(slot);
    return this.#resolver.facts.visible > 0 ? local : Local.uncounted(local);
  }

  #commonNow(): Common {
    const { facts } = this.#resolver;
    const [user, session, feature, source] = [facts.text('user'), facts.text('session'), facts.text('feature'), facts.text('source')];
    return { visible: facts.visible > 0, user, session, feature, source };
  }

  /** The run of a span as the number of a string: the one that the trace names, else the nearest of several, else the trace. */
  #runs(): (slot: number) => number {
    const { spans, facts } = this.#resolver;
    if (facts.runs.size === 0) {
      const id = spans.strings.idOf(this.traceId);
      return () => id;
    }
    if (facts.runs.size === 1) {
      const [id] = [...facts.runs.keys()] as [number];
      return () => id;
    }
    const fallback = spans.run[facts.root]! || spans.run[facts.first.run]!;
    return (slot) => this.#resolver.nearestRun(slot) || fallback;
  }

  /** What, where it changes, may change every row. */
  #sharedNow(): string {
    const { spans, facts } = this.#resolver;
    const fallback = facts.runs.size > 1 ? spans.run[facts.root]! || spans.run[facts.first.run]! : 0;
    const only = facts.runs.size === 1 ? [...facts.runs.keys()][0]! : 0;
    return `${Math.min(facts.runs.size, 2)} ${only} ${fallback} ${textOf(this.#commonNow())}`;
  }

  #bearerNow(): Bearer | null {
    const borne = this.#resolver.facts.borne();
    return borne && { ...borne, tags: this.#resolver.spans.strings.text(borne.tags) };
  }

  #rowOf(t: Transaction, slot: number, before: TaskRow | undefined, common: Common, runId: string): TaskRow {
    const known = { seen: before?.seen ?? t.now, ver: before ? before.ver + 1 : 1 };
    const came = t.drafts.get(slot);
    if (this.#resolver.spans.is(slot, Bit.gone)) {
      return { draft: bareOf(came ?? before!.draft, runId), verdict: goneVerdict(runId), ...known, factVer: 0 };
    }
    const draft = came ?? (t.rewritten.has(slot) ? t.rewrite!(before!.draft) : before!.draft);
    const local = this.#localNow(slot);
    const bearer = t.bearer?.slot === slot ? t.bearer : null;
    const verdict: Verdict = {
      runId,
      visible: common.visible,
      counted: Local.counted(local),
      why: Local.why(local),
      kind: Local.kind(local),
      user: common.user,
      session: common.session,
      feature: common.feature,
      source: common.source,
      flags: Local.flags(local),
      bears: bearer && { name: bearer.name, status: bearer.status, tags: bearer.tags === '' ? [] : (JSON.parse(bearer.tags) as string[]) },
    };
    return { draft, verdict, ...known, factVer: bearer ? this.#factVer + 1 : 0 };
  }

  /** The booked rows of those slots that have one. */
  async #oldRows(slots: Int32Array): Promise<Map<number, TaskRow>> {
    const { spans } = this.#resolver;
    const rows = new Map<number, TaskRow>();
    const asked: string[] = [];
    for (const slot of slots) {
      if (!this.#ver[slot]) continue;
      const kept = this.#kept.get(slot);
      if (kept) rows.set(slot, kept);
      else asked.push(spans.spanId(slot));
    }
    if (asked.length === 0) return rows;
    await this.#kept.untilReadable();
    for (const row of await this.fetch(asked)) rows.set(spans.find(row.draft.spanId), row);
    for (const id of asked) {
      const slot = spans.find(id);
      const ver = rows.get(slot)?.ver ?? 0;
      if (ver !== this.#ver[slot])
        throw new OutOfStepError(`span ${id} of ${this.traceId} is booked as version ${this.#ver[slot]}, the store has ${ver}`);
    }
    return rows;
  }

  #fit(): void {
    const size = this.#resolver.spans.capacity;
    if (this.#booked.length >= size) return;
    this.#booked = larger(this.#booked, size);
    this.#run = larger(this.#run, size);
    this.#common = larger(this.#common, size);
    this.#ver = larger(this.#ver, size);
    this.#seen = larger(this.#seen, size);
  }
}

const GONE = '\0deleted';
const textOf = (c: Common): string => [c.visible ? '1' : '0', c.user, c.session, c.feature, c.source].join('\n');
const tagsText = (tags: readonly string[]): string => (tags.length === 0 ? '' : JSON.stringify(tags));
const sameBearer = (a: Bearer | null, b: Bearer | null): boolean =>
  a === null || b === null ? a === b : a.slot === b.slot && a.name === b.name && a.status === b.status && a.tags === b.tags;
