import { type Draft, Flag } from '../draft.ts';

/** The spans of a trace as a forest. Arrays are indexed like the drafts; those of a small tree belong to the next one of its size. */
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
  const tree = roots(n);
  const { parent, flags } = tree;
  if (n === 1) {
    const d = drafts[0]!;
    if (d.parentId !== '' && d.parentId !== d.spanId) flags[0] = Flag.orphan;
    else if (d.parentId !== '') flags[0] = Flag.cycleCut;
    return tree;
  }
  const parentOf = finder(drafts);
  let inOrder = true;
  for (let i = 0; i < n; i++) {
    const { parentId, spanId } = drafts[i]!;
    if (parentId === '') continue;
    if (parentId === spanId) flags[i] = Flag.cycleCut;
    else {
      const p = parentOf(parentId);
      if (p < 0) flags[i] = Flag.orphan;
      else parent[i] = p;
      if (p > i) inOrder = false;
    }
  }
  // Parents mostly start before their children, and the spans stand in start order.
  if (!inOrder) sortTopDown(tree);
  return tree;
}

/** Up to here looking through all spans is cheaper than an index of them, and so is clearing arrays than making them. */
const FEW = 16;
const SMALL: Tree[] = [];

/** A forest of roots, in order. */
function roots(n: number): Tree {
  const tree = (n <= FEW && SMALL[n]) || { parent: new Int32Array(n), order: new Int32Array(n), flags: new Uint16Array(n) };
  if (n <= FEW) SMALL[n] = tree;
  tree.parent.fill(-1);
  tree.flags.fill(0);
  for (let i = 0; i < n; i++) tree.order[i] = i;
  return tree;
}

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

const NEW = 0;
const ON_PATH = 1;
const DONE = 2;

/** Parents before children; cuts the cycles it meets. Each span is walked once. */
function sortTopDown({ parent, order, flags }: Tree): void {
  const n = parent.length;
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
