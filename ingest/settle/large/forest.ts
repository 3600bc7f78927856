import { Bit, KIND, larger, roomier, type Spans } from './spans.ts';

/** Told of what changes for single spans. */
export interface ForestWatcher {
  /** Something that the verdict on the span depends on may have changed. */
  touch(slot: number): void;
  /** Its nearest AI ancestor is about to change, and has changed. */
  leaves(slot: number): void;
  enters(slot: number): void;
}

const LABELS = ['ai', 'usage', 'run'] as const;
type Label = (typeof LABELS)[number];

/**
 * The spans as a forest that grows one span at a time, in any order. Each span knows its nearest ancestor that is not `other` (`ai`), that is no
 * call and has usage (`usage`), and that names a run (`run`); -1 where there is none. A label changes only in the region between a span and the
 * next ones below it that bear the same label, so the work is bounded by what really changes.
 */
export class Forest {
  /** 1 where the span's own parent is not followed: it is its own ancestor, and starts first of the cycle. */
  cut = new Int32Array(0);
  ai = new Int32Array(0);
  usage = new Int32Array(0);
  run = new Int32Array(0);
  #first = new Int32Array(0);
  #next = new Int32Array(0);
  /** Union-find over the trees: a span whose parent is in its own tree closes a cycle. */
  #tree = new Int32Array(0);
  #initialised = 0;
  #stack: number[] = [];

  constructor(
    private readonly spans: Spans,
    private readonly watcher: ForestWatcher,
  ) {}

  get bytes(): number {
    return this.cut.length * 28;
  }

  /** Makes room for all slots there are. */
  fit(): void {
    if (this.cut.length < this.spans.count) {
      const size = Math.max(this.spans.capacity, roomier(this.cut.length));
      this.cut = larger(this.cut, size);
      this.#first = larger(this.#first, size);
      this.#next = larger(this.#next, size);
      this.#tree = larger(this.#tree, size);
      for (const label of LABELS) this[label] = larger(this[label], size);
    }
    for (; this.#initialised < this.spans.count; this.#initialised++) this.#clear(this.#initialised);
  }

  /** Forgets all links; spans are to be linked again. The cuts stay where `cuts` says so. */
  reset(cuts: readonly number[]): void {
    this.#initialised = 0;
    this.fit();
    for (const slot of cuts) this.cut[slot] = 1;
  }

  #clear(slot: number): void {
    this.cut[slot] = 0;
    this.#first[slot] = -1;
    this.#next[slot] = -1;
    this.#tree[slot] = slot;
    for (const label of LABELS) this[label][slot] = -1;
  }

  /** The parent, there or only named; -1 for a root. */
  up(slot: number): number {
    return this.cut[slot] ? -1 : this.spans.named[slot]!;
  }

  /** The parent where it is there, or -1. */
  parent(slot: number): number {
    const up = this.up(slot);
    return up >= 0 && this.spans.is(up, Bit.present) ? up : -1;
  }

  isOrphan(slot: number): boolean {
    const up = this.up(slot);
    return up >= 0 && !this.spans.is(up, Bit.present);
  }

  hasChildren(slot: number): boolean {
    return this.#first[slot]! >= 0;
  }

  /** Does the span hand this label down itself? */
  bears(label: Label, slot: number): boolean {
    const { spans } = this;
    if (label === 'run') return spans.run[slot] !== 0;
    const kind = spans.kind(slot);
    if (label === 'ai') return kind !== KIND.other;
    return kind !== KIND.llm && kind !== KIND.embedding && spans.is(slot, Bit.usage);
  }

  /** What children of the span are labelled with. */
  #below(label: Label, slot: number): number {
    return this.bears(label, slot) ? slot : this[label][slot]!;
  }

  /**
   * Hangs a span that has just come under its parent. Its children, if any came before it, are told. Returns false, and has done nothing, where
   * that closes a cycle.
   */
  link(slot: number): boolean {
    const { spans } = this;
    if (spans.named[slot] === slot) this.cut[slot] = 1;
    const up = this.up(slot);
    if (up >= 0) {
      const [a, b] = [this.#find(slot), this.#find(up)];
      if (a === b) return false;
      this.#tree[a] = b;
      this.#next[slot] = this.#first[up]!;
      this.#first[up] = slot;
    }
    const parent = this.parent(slot);
    if (parent >= 0) for (const label of LABELS) this[label][slot] = this.#below(label, parent);
    return true;
  }

  /** Gives the children of a span their labels anew, after it came or what it bears changed. */
  relabelChildren(slot: number): void {
    for (const label of LABELS) {
      const value = this.#below(label, slot);
      for (let child = this.#first[slot]!; child >= 0; child = this.#next[child]!) this.#relabel(label, child, value);
    }
  }

  /** Before the kind of a span changes: those that it is the nearest AI ancestor of have none until {@link relabelChildren}. */
  unlabelChildren(slot: number): void {
    for (let child = this.#first[slot]!; child >= 0; child = this.#next[child]!) this.#relabel('ai', child, -1);
  }

  touchChildren(slot: number): void {
    for (let child = this.#first[slot]!; child >= 0; child = this.#next[child]!) this.watcher.touch(child);
  }

  #relabel(label: Label, from: number, value: number): void {
    const labels = this[label];
    const stack = this.#stack;
    const bottom = stack.length;
    stack.push(from);
    while (stack.length > bottom) {
      const slot = stack.pop()!;
      if (labels[slot] === value) continue;
      if (label === 'ai') this.watcher.leaves(slot);
      labels[slot] = value;
      if (label === 'ai') this.watcher.enters(slot);
      this.watcher.touch(slot);
      if (this.bears(label, slot)) continue;
      for (let child = this.#first[slot]!; child >= 0; child = this.#next[child]!) stack.push(child);
    }
  }

  /** Visits the spans below one, down to (and with) those that `stop` says. Returns how many there were. */
  visit(from: number, stop: (slot: number) => boolean): number {
    const stack = this.#stack;
    const bottom = stack.length;
    let visited = 0;
    for (let child = this.#first[from]!; child >= 0; child = this.#next[child]!) stack.push(child);
    while (stack.length > bottom) {
      const slot = stack.pop()!;
      visited++;
      if (stop(slot)) continue;
      for (let child = this.#first[slot]!; child >= 0; child = this.#next[child]!) stack.push(child);
    }
    return visited;
  }

  #find(slot: number): number {
    const tree = this.#tree;
    let root = slot;
    while (tree[root] !== root) root = tree[root]!;
    for (let at = slot; at !== root; ) {
      const next = tree[at]!;
      tree[at] = root;
      at = next;
    }
    return root;
  }
}

/** The spans at which the cycles of a trace are cut: of each the one that starts first. */
export function cyclesOf(spans: Spans): number[] {
  const state = new Uint8Array(spans.count);
  const cuts: number[] = [];
  for (let i = 0; i < spans.count; i++) {
    const path: number[] = [];
    let at = i;
    for (; at >= 0 && state[at] === 0; at = spans.named[at]!) {
      state[at] = 1;
      path.push(at);
    }
    if (at >= 0 && state[at] === 1) {
      let first = at;
      for (let k = path.lastIndexOf(at); k < path.length; k++) if (spans.before(path[k]!, first)) first = path[k]!;
      cuts.push(first);
    }
    for (const slot of path) state[slot] = 2;
  }
  return cuts;
}
