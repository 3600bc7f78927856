import type { TaskStatus } from '../../draft.ts';
import type { Forest } from './forest.ts';
import { SlotHeap } from './heap.ts';
import { Bit, FACTS, type Fact, KIND, type Spans } from './spans.ts';

/** What the row that bears the facts of the run says; numbers are those of strings. */
export interface Borne {
  slot: number;
  name: string;
  status: TaskStatus;
  tags: number;
}

/**
 * Facts of the whole trace: the first in start order that says something, the best name, the root. A fact is sought anew among all spans only
 * where the span that gave it no longer does.
 */
export class Facts {
  /** Spans that make the trace a run. */
  visible = 0;
  readonly first: Record<Fact, number> = { run: -1, user: -1, session: -1, feature: -1, source: -1, tags: -1 };
  /** How many spans name each run. */
  readonly runs = new Map<number, number>();
  #named = -1;
  readonly #roots: SlotHeap;
  readonly #rootNames: SlotHeap;
  #stale = new Set<Fact | 'runName' | 'rootName'>();

  constructor(
    private readonly spans: Spans,
    private readonly forest: Forest,
  ) {
    const isRoot = (slot: number): boolean => spans.is(slot, Bit.present) && forest.parent(slot) < 0;
    const guessed = (slot: number): number => (spans.named[slot]! < 0 ? 0 : 1);
    this.#roots = new SlotHeap((a, b) => (guessed(a) - guessed(b) || (spans.before(a, b) ? -1 : 1)) < 0, isRoot);
    this.#rootNames = new SlotHeap(
      (a, b) => (spans.rootNameRank[a]! - spans.rootNameRank[b]! || (spans.before(a, b) ? -1 : 1)) < 0,
      (slot) => isRoot(slot) && spans.rootName[slot] !== 0,
    );
  }

  reset(): void {
    this.visible = 0;
    this.runs.clear();
    this.#roots.clear();
    this.#rootNames.clear();
    this.#named = -1;
    for (const fact of FACTS) this.first[fact] = -1;
    this.#stale.clear();
  }

  /** A span that has just come. */
  add(slot: number): void {
    this.#count(slot, 1);
    for (const fact of FACTS) this.#offer(fact, slot);
    this.#offerName(slot);
    if (this.forest.parent(slot) < 0) {
      this.#roots.push(slot);
      if (this.spans.rootName[slot] !== 0) this.#rootNames.push(slot);
    }
  }

  /** To be called before what a span says changes. */
  remove(slot: number): void {
    this.#count(slot, -1);
    for (const fact of FACTS) if (this.first[fact] === slot) this.#stale.add(fact);
    if (this.#named === slot) this.#stale.add('runName');
    if (this.spans.rootName[slot] !== 0) this.#stale.add('rootName');
  }

  /** Finds again what was lost. */
  settle(): void {
    const { spans } = this;
    for (const fact of this.#stale) {
      if (fact === 'runName') this.#named = -1;
      else if (fact === 'rootName') this.#rootNames.clear();
      else this.first[fact] = -1;
      for (let slot = 0; slot < spans.count; slot++) {
        if (!spans.is(slot, Bit.present)) continue;
        if (fact === 'runName') this.#offerName(slot);
        else if (fact !== 'rootName') this.#offer(fact, slot);
        else if (spans.rootName[slot] !== 0 && this.forest.parent(slot) < 0) this.#rootNames.push(slot);
      }
    }
    this.#stale.clear();
  }

  get root(): number {
    return this.#roots.top();
  }

  text(fact: Fact): string {
    const slot = this.first[fact];
    return slot < 0 ? '' : this.spans.strings.text(this.spans[fact][slot]!);
  }

  /** What the root bears; null where the root was deleted. */
  borne(): Borne | null {
    const { spans } = this;
    const slot = this.root;
    if (slot < 0 || spans.is(slot, Bit.gone)) return null;
    const tags = this.first.tags;
    // Without its root a run is not over, however its parts ended.
    const status = this.forest.isOrphan(slot) ? 'running' : spans.status(slot);
    return { slot, name: this.#name() || spans.strings.text(spans.name[slot]!), status, tags: tags < 0 ? 0 : spans.tags[tags]! };
  }

  #name(): string {
    const { spans } = this;
    const named = this.#named;
    const root = this.#rootNames.top();
    if (root < 0) return named < 0 ? '' : spans.strings.text(spans.runName[named]!);
    if (named < 0) return spans.strings.text(spans.rootName[root]!);
    const rank = spans.rootNameRank[root]! - spans.runNameRank[named]!;
    const ofRoot = rank !== 0 ? rank < 0 : root !== named && spans.before(root, named);
    return spans.strings.text(ofRoot ? spans.rootName[root]! : spans.runName[named]!);
  }

  #count(slot: number, by: number): void {
    const { spans } = this;
    if (spans.kind(slot) !== KIND.other && !spans.is(slot, Bit.createAgent)) this.visible += by;
    const run = spans.run[slot]!;
    if (run === 0) return;
    const left = (this.runs.get(run) ?? 0) + by;
    if (left === 0) this.runs.delete(run);
    else this.runs.set(run, left);
  }

  #offer(fact: Fact, slot: number): void {
    if (this.spans[fact][slot] === 0) return;
    const first = this.first[fact];
    if (first < 0 || this.spans.before(slot, first)) this.first[fact] = slot;
  }

  #offerName(slot: number): void {
    const { spans } = this;
    if (spans.runName[slot] === 0) return;
    const best = this.#named;
    const rank = best < 0 ? -1 : spans.runNameRank[slot]! - spans.runNameRank[best]!;
    if (rank < 0 || (rank === 0 && spans.before(slot, best))) this.#named = slot;
  }
}
