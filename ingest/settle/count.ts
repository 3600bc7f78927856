import { type Draft, Flag, hasUsage, isCall, type Kind } from '../draft.ts';
import type { Tree } from './tree.ts';
import type { NotCounted } from './verdict.ts';

/** AI spans within each other that are looked through for the view of a call; nobody nests deeper, and a hostile trace shall not cost more. */
export const MAX_NESTING = 1000;

export interface Counts {
  counted: Uint8Array;
  why: NotCounted[];
  kinds: Kind[];
  flags: Uint16Array;
}

/**
 * Each real call once. Rules 4 and 5 of settling:
 * - a call whose nearest AI ancestor is the same kind of call is the same call: the inner one counts if it has usage, else the outer;
 * - llm spans of one trace with the same response id are one call: the one with usage, then the inner, then the first;
 * - a tool directly below a tool of the same name is one tool call (client and server of it);
 * - usage on other kinds counts only where no counted call with usage lies below, and then once, on the topmost of them.
 */
export function countCalls(drafts: readonly Draft[], tree: Tree): Counts {
  const n = drafts.length;
  const counts: Counts = {
    counted: new Uint8Array(n),
    why: new Array<NotCounted>(n).fill('not_a_model_call'),
    kinds: drafts.map((d) => d.kind),
    flags: new Uint16Array(n),
  };
  let calls = 0;
  let otherUsage = false;
  for (let i = 0; i < n; i++) {
    const d = drafts[i]!;
    if (isCall(d.kind)) {
      counts.counted[i] = 1;
      counts.why[i] = '';
      calls++;
    } else if (hasUsage(d)) otherUsage = true;
  }
  if (n > 1) {
    const nearest = nearestAi(drafts, tree);
    if (calls > 1) {
      sameCall(drafts, nearest, counts);
      sameResponse(drafts, nearest, tree.order, counts);
    }
    sameTool(drafts, nearest, counts);
  }
  if (otherUsage) aggregated(drafts, tree, counts);
  return counts;
}

/** The nearest ancestor that is not `other`, or -1. */
function nearestAi(drafts: readonly Draft[], tree: Tree): Int32Array {
  const nearest = new Int32Array(drafts.length).fill(-1);
  for (const i of tree.order) {
    const p = tree.parent[i]!;
    if (p >= 0) nearest[i] = drafts[p]!.kind === 'other' ? nearest[p]! : p;
  }
  return nearest;
}

function sameCall(drafts: readonly Draft[], nearest: Int32Array, counts: Counts): void {
  const outerOf = (i: number): number => {
    const a = nearest[i]!;
    return a >= 0 && isCall(drafts[i]!.kind) && drafts[a]!.kind === drafts[i]!.kind ? a : -1;
  };
  // From the usage up: every call that encloses a call with usage is only a view of it.
  for (let i = 0; i < drafts.length; i++) {
    if (!hasUsage(drafts[i]!)) continue;
    for (let a = outerOf(i); a >= 0 && counts.why[a] !== 'same_call_inner'; a = outerOf(a)) {
      counts.counted[a] = 0;
      counts.why[a] = 'same_call_inner';
    }
  }
  // What is left inside and has no usage is a view of the call around it.
  for (let i = 0; i < drafts.length; i++) {
    if (counts.counted[i] && outerOf(i) >= 0 && !hasUsage(drafts[i]!)) {
      counts.counted[i] = 0;
      counts.why[i] = 'same_call_outer';
    }
  }
}

function sameResponse(drafts: readonly Draft[], nearest: Int32Array, order: ArrayLike<number> & Iterable<number>, counts: Counts): void {
  const winner = new Map<string, number>();
  let nesting: Nesting | null = null;
  for (let i = 0; i < drafts.length; i++) {
    const d = drafts[i]!;
    if (!counts.counted[i] || d.kind !== 'llm' || d.responseId === '') continue;
    const other = winner.get(d.responseId);
    if (other === undefined) {
      winner.set(d.responseId, i);
      continue;
    }
    nesting ??= new Nesting(nearest, order);
    const better = betterView(drafts, nesting, i, other);
    winner.set(d.responseId, better);
    const loser = better === i ? other : i;
    counts.counted[loser] = 0;
    counts.why[loser] = 'same_response_id';
  }
}

/** `later` starts after `earlier`. */
function betterView(drafts: readonly Draft[], nesting: Nesting, later: number, earlier: number): number {
  const usageLater = hasUsage(drafts[later]!);
  if (usageLater !== hasUsage(drafts[earlier]!)) return usageLater ? later : earlier;
  return nesting.isWithin(later, earlier) ? later : earlier;
}

/** Which AI spans are within which, told at once however deep they are nested: each has a range of places, and holds those of what is within it. */
class Nesting {
  readonly #from: Int32Array;
  readonly #size: Int32Array;
  readonly #depth: Int32Array;

  /** @param order parents before their children */
  constructor(nearest: Int32Array, order: ArrayLike<number> & Iterable<number>) {
    const n = nearest.length;
    this.#from = new Int32Array(n);
    this.#size = new Int32Array(n).fill(1);
    this.#depth = new Int32Array(n);
    for (let k = n - 1; k >= 0; k--) {
      const i = order[k]!;
      if (nearest[i]! >= 0) this.#size[nearest[i]!]! += this.#size[i]!;
    }
    const taken = new Int32Array(n).fill(1);
    let roots = 0;
    for (const i of order) {
      const outer = nearest[i]!;
      if (outer < 0) {
        this.#from[i] = roots;
        roots += this.#size[i]!;
        continue;
      }
      this.#from[i] = this.#from[outer]! + taken[outer]!;
      taken[outer]! += this.#size[i]!;
      this.#depth[i] = this.#depth[outer]! + 1;
    }
  }

  isWithin(inner: number, outer: number): boolean {
    const at = this.#from[inner]! - this.#from[outer]!;
    return at > 0 && at < this.#size[outer]! && this.#depth[inner]! - this.#depth[outer]! <= MAX_NESTING;
  }
}

function sameTool(drafts: readonly Draft[], nearest: Int32Array, counts: Counts): void {
  for (let i = 0; i < drafts.length; i++) {
    const a = nearest[i]!;
    if (a < 0 || drafts[i]!.kind !== 'tool' || drafts[a]!.kind !== 'tool' || drafts[a]!.name !== drafts[i]!.name) continue;
    counts.kinds[i] = 'step';
    counts.why[i] = 'same_call_outer';
  }
}

function aggregated(drafts: readonly Draft[], tree: Tree, counts: Counts): void {
  const n = drafts.length;
  const below = new Uint8Array(n);
  for (let k = n - 1; k >= 0; k--) {
    const i = tree.order[k]!;
    const p = tree.parent[i]!;
    if (p >= 0 && (below[i] || (isCall(drafts[i]!.kind) && hasUsage(drafts[i]!)))) below[p] = 1;
  }
  // 1 where a span above already stands for its whole subtree.
  const covered = new Uint8Array(n);
  for (const i of tree.order) {
    const p = tree.parent[i]!;
    if (p >= 0 && covered[p]) covered[i] = 1;
    const d = drafts[i]!;
    if (isCall(d.kind) || !hasUsage(d)) continue;
    if (below[i]) counts.why[i] = 'usage_below';
    else if (covered[i]) counts.why[i] = 'aggregated_by_sender';
    else {
      counts.counted[i] = 1;
      counts.why[i] = '';
      counts.flags[i] = Flag.aggregated;
      covered[i] = 1;
    }
  }
}
