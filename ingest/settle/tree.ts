import { type Draft, Flag } from '../draft.ts';

/** The spans of a trace as a forest. Arrays are indexed like the drafts. */
export interface Tree {
  /** Index of the parent, -1 for a root. */
  parent: Int32Array;
  /** Every parent before its children. */
  order: Int32Array;
  /** Flag.orphan where the parent is named but not there, Flag.cycleCut where a cycle was cut. */
  flags: Uint16Array;
}

/**
 * Parents by id. A missing parent makes a provisional root, a span that is its own parent a root; a cycle is cut at the span that starts first.
 * `drafts` must be in start order.
 */
export function buildTree(drafts: readonly Draft[]): Tree {
  const n = drafts.length;
  const parent = new Int32Array(n).fill(-1);
  const flags = new Uint16Array(n);
  if (n === 1) {
    const d = drafts[0]!;
    if (d.parentId !== '' && d.parentId !== d.spanId) flags[0] = Flag.orphan;
    else if (d.parentId !== '') flags[0] = Flag.cycleCut;
    return { parent, order: new Int32Array(1), flags };
  }
  const parentOf = finder(drafts);
  let known = true;
  for (let i = 0; i < n; i++) {
    const { parentId, spanId } = drafts[i]!;
    if (parentId === '') continue;
    if (parentId === spanId) flags[i] = Flag.cycleCut;
    else {
      const p = parentOf(parentId);
      if (p < 0) flags[i] = Flag.orphan;
      else parent[i] = p;
      if (p > i) known = false;
    }
  }
  // Parents mostly start before their children, and the spans stand in start order.
  return { parent, order: known ? inOrder(n) : topDown(parent, flags), flags };
}

/** Up to here looking through all spans is cheaper than an index of them. */
const FEW = 16;

/** Finds a span's place by its id, -1 where it is not there. Siblings ask for the same one. */
function finder(drafts: readonly Draft[]): (id: string) => number {
  let lastId = '';
  let last = -1;
  const index = drafts.length > FEW ? new Map(drafts.map((d, i) => [d.spanId, i])) : null;
  return (id) => {
    if (id !== lastId) {
      lastId = id;
      last = index ? (index.get(id) ?? -1) : drafts.findIndex((d) => d.spanId === id);
    }
    return last;
  };
}

/** 0, 1, 2 ...: shared, since nobody writes to an order. */
function inOrder(n: number): Int32Array {
  if (n > IN_ORDER.length) IN_ORDER = Int32Array.from({ length: n * 2 }, (_, i) => i);
  return n <= FEW ? SHORT_ORDERS[n]! : IN_ORDER.subarray(0, n);
}

let IN_ORDER = Int32Array.from({ length: 1024 }, (_, i) => i);
const SHORT_ORDERS = Array.from({ length: FEW + 1 }, (_, n) => IN_ORDER.slice(0, n));

const NEW = 0;
const ON_PATH = 1;
const DONE = 2;

/** Parents before children; cuts the cycles it meets. Each span is walked once. */
function topDown(parent: Int32Array, flags: Uint16Array): Int32Array {
  const n = parent.length;
  const order = new Int32Array(n);
  const state = new Uint8Array(n);
  const path: number[] = [];
  let filled = 0;
  for (let i = 0; i < n; i++) {
    let at = i;
    while (at >= 0 && state[at] === NEW) {
      state[at] = ON_PATH;
      path.push(at);
      at = parent[at]!;
    }
    if (at >= 0 && state[at] === ON_PATH) cutCycle(path, at, parent, flags);
    // The cut may lie in the middle of the path: what follows from it is placed from the new root down.
    placePath(path, parent, state, order, filled);
    filled += path.length;
    path.length = 0;
  }
  return order;
}

/** The path from `at` to its end is a cycle; the span that starts first (the smallest index) becomes a root. */
function cutCycle(path: readonly number[], at: number, parent: Int32Array, flags: Uint16Array): void {
  let first = at;
  for (let k = path.indexOf(at); k < path.length; k++) first = Math.min(first, path[k]!);
  parent[first] = -1;
  flags[first] = flags[first]! | Flag.cycleCut;
}

function placePath(path: readonly number[], parent: Int32Array, state: Uint8Array, order: Int32Array, from: number): void {
  let filled = from;
  const place = (start: number): void => {
    // Walk up again from here: a cut in the middle leaves two chains, of which the upper one must come first.
    const chain: number[] = [];
    for (let at = start; at >= 0 && state[at] !== DONE; at = parent[at]!) {
      state[at] = DONE;
      chain.push(at);
    }
    for (let k = chain.length - 1; k >= 0; k--) order[filled++] = chain[k]!;
  };
  for (const at of path) if (state[at] !== DONE) place(at);
}
