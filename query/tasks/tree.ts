import { groupBy } from '../group.ts';

/** What the order of a tree depends on. Ids are unique within a trace only. */
export interface Node {
  readonly trace: string;
  readonly span: string;
  /** Zeros for none. */
  readonly parent: string;
}

const NONE = '0000000000000000';

export const nodeKey = (node: { trace: string; span: string }) => `${node.trace}:${node.span}`;

/**
 * Depth-first order: each task before its children, siblings in the order given (by start). Every task comes out once, whatever the
 * senders say: a task whose parent is not here is a root, and a cycle is cut at its first member.
 */
export function depthFirst<N extends Node>(nodes: readonly N[]): N[] {
  const byKey = new Map(nodes.map((node, index) => [nodeKey(node), { node, index }]));
  const parentOf = (node: N) => {
    const parent = parentKey(node);
    return parent !== undefined && byKey.has(parent) ? parent : '';
  };
  const children = groupBy(nodes, parentOf);
  const out: N[] = [];
  const seen = new Set<string>();
  for (const root of children.get('') ?? []) descend(root, children, seen, out);
  if (out.length === nodes.length) return out;
  // What no root reaches is in a cycle or below one.
  for (const node of nodes) if (!seen.has(nodeKey(node))) descend(headOfCycle(node, byKey), children, seen, out);
  return out;
}

/** Undefined for a root; a task that names itself is one. */
function parentKey(node: Node): string | undefined {
  return node.parent === NONE || node.parent === node.span ? undefined : `${node.trace}:${node.parent}`;
}

/** The first of the cycle that the ancestors of `start` run into. */
function headOfCycle<N extends Node>(start: N, byKey: ReadonlyMap<string, { node: N; index: number }>): N {
  const up = (node: N) => byKey.get(parentKey(node) ?? '');
  const passed = new Set<string>();
  let member = start;
  while (!passed.has(nodeKey(member))) {
    passed.add(nodeKey(member));
    member = up(member)?.node ?? member;
  }
  let head = byKey.get(nodeKey(member))!;
  for (let next = up(member); next && next.node !== member; next = up(next.node)) if (next.index < head.index) head = next;
  return head.node;
}

/** A stack and no recursion: runs can be thousands of tasks deep. */
function descend<N extends Node>(start: N, children: ReadonlyMap<string, N[]>, seen: Set<string>, out: N[]): void {
  const stack = [start];
  for (let node = stack.pop(); node; node = stack.pop()) {
    const key = nodeKey(node);
    if (seen.has(key)) continue;
    seen.add(key);
    out.push(node);
    const below = children.get(key) ?? [];
    for (let i = below.length - 1; i >= 0; i--) stack.push(below[i]!);
  }
}
