import { describe, expect, it } from 'vitest';
import { depthFirst } from './tree.ts';

const id = (n: number) => n.toString(16).padStart(16, '0');
const node = (span: number, parent = 0, trace = 't') => ({ trace, span: id(span), parent: id(parent) });
const order = (nodes: ReturnType<typeof node>[]) => depthFirst(nodes).map((n) => Number.parseInt(n.span, 16));

describe('depthFirst', () => {
  it.each([
    ['nothing', [], []],
    ['a parent before its children, siblings as given', [node(1), node(2, 1), node(3, 1), node(4, 2)], [1, 2, 4, 3]],
    ['a child that started before its parent', [node(2, 1), node(1), node(3, 2)], [1, 2, 3]],
    ['orphans as roots', [node(5, 9), node(6, 5)], [5, 6]],
    ['several roots', [node(1), node(2), node(3, 1)], [1, 3, 2]],
    ['a task that is its own parent', [node(1, 1), node(2, 1)], [1, 2]],
    ['a cycle, cut at its first member', [node(1, 3), node(2, 1), node(3, 2)], [1, 2, 3]],
    ['a tail below a cycle', [node(4, 1), node(1, 2), node(2, 1)], [1, 4, 2]],
  ])('%s', (_name, nodes, want) => expect(order(nodes)).toEqual(want));

  it('keeps equal span ids of different traces apart', () => {
    const nodes = [node(1, 0, 'a'), node(1, 0, 'b'), node(2, 1, 'b')];
    expect(depthFirst(nodes).map((n) => n.trace + n.span.at(-1))).toEqual(['a1', 'b1', 'b2']);
  });

  it('goes 200,000 levels deep', () => {
    const chain = Array.from({ length: 200_000 }, (_, i) => node(i + 1, i));
    expect(order(chain).at(-1)).toBe(200_000);
  });
});
