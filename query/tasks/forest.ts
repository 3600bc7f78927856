/**
 * The trees of a run, by place: task i is the i-th by start. All arrays have one entry a task and hold whole numbers, so that a run of a
 * million tasks is a few megabytes and no objects.
 */
export interface Forest {
  /** The place of a task's parent; -1 for a root. */
  readonly parent: Int32Array;
  /** Depth-first order: each task before its children, siblings by start. */
  readonly order: Int32Array;
  /** Where in `order` a task stands. */
  readonly rank: Int32Array;
  /** 0 for a root. */
  readonly level: Int32Array;
  readonly children: Int32Array;
  /** All tasks below. */
  readonly descendants: Int32Array;
}

/**
 * Every task comes out once, whatever the senders say: a cycle is cut at its first member, which becomes a root.
 * @param parents the place of each task's parent; -1 where it has none in the run
 */
export function grow(parents: Int32Array): Forest {
  const parent = withoutCycles(parents);
  const n = parent.length;
  const children = new Int32Array(n);
  const next = new Int32Array(n);
  const first = new Int32Array(n + 1).fill(-1);
  // From the last to the first, so that each list of siblings begins with its first. Roots are the children of nobody, at n.
  for (let i = n - 1; i >= 0; i--) {
    const p = parent[i]!;
    const list = p < 0 ? n : p;
    next[i] = first[list]!;
    first[list] = i;
    if (p >= 0) children[p]!++;
  }
  const order = new Int32Array(n);
  const rank = new Int32Array(n);
  const level = new Int32Array(n);
  let at = first[n]!;
  for (let place = 0; place < n; place++) {
    order[place] = at;
    rank[at] = place;
    const p = parent[at]!;
    level[at] = p < 0 ? 0 : level[p]! + 1;
    let following = first[at]!;
    for (let up = at; following < 0 && up >= 0; up = parent[up]!) following = next[up]!;
    at = following;
  }
  const descendants = new Int32Array(n);
  for (let place = n - 1; place >= 0; place--) {
    const p = parent[order[place]!]!;
    if (p >= 0) descendants[p]! += descendants[order[place]!]! + 1;
  }
  return { parent, order, rank, level, children, descendants };
}

/** Of each task, how many siblings stand before it. */
export function siblingIndexes({ parent }: Pick<Forest, 'parent'>): Int32Array {
  const n = parent.length;
  const index = new Int32Array(n);
  // The children of nobody are counted at n.
  const met = new Int32Array(n + 1);
  for (let place = 0; place < n; place++) {
    const p = parent[place]!;
    index[place] = met[p < 0 ? n : p]!++;
  }
  return index;
}

/** What is asked of a forest: the tasks below one (all, where `below` is -1), so many levels deep. */
export interface Branch {
  readonly below: number;
  readonly levels: number;
}

/** The places of a branch in depth-first order: a window of them, and how many there are. */
export function windowOf(forest: Forest, { below, levels }: Branch, offset: number, limit: number): { places: number[]; matched: number } {
  const start = below < 0 ? 0 : forest.rank[below]! + 1;
  const end = below < 0 ? forest.order.length : start + forest.descendants[below]!;
  const deepest = (below < 0 ? -1 : forest.level[below]!) + levels;
  const places: number[] = [];
  let matched = 0;
  for (let rank = start; rank < end; rank++) {
    const place = forest.order[rank]!;
    if (forest.level[place]! > deepest) continue;
    if (matched >= offset && places.length < limit) places.push(place);
    matched++;
  }
  return { places, matched };
}

function withoutCycles(parents: Int32Array): Int32Array {
  const parent = Int32Array.from(parents);
  /** From which start each task was first walked over, counted from 1; one that was met from an earlier start is on no cycle that is left. */
  const walk = new Int32Array(parent.length);
  for (let start = 0; start < parent.length; start++) {
    let at = start;
    for (; at >= 0 && walk[at] === 0; at = parent[at]!) walk[at] = start + 1;
    if (at < 0 || walk[at] !== start + 1) continue;
    let head = at;
    for (let member = parent[at]!; member !== at; member = parent[member]!) head = Math.min(head, member);
    parent[head] = -1;
  }
  return parent;
}
