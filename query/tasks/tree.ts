import { grow } from './forest.ts';

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
  const placeOf = new Map(nodes.map((node, place) => [nodeKey(node), place]));
  const parentOf = (node: N) =>
    node.parent === NONE || node.parent === node.span ? -1 : (placeOf.get(nodeKey({ trace: node.trace, span: node.parent })) ?? -1);
  return Array.from(grow(Int32Array.from(nodes, parentOf)).order, (place) => nodes[place]!);
}
