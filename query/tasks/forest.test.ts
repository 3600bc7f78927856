import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Forest, grow, siblingIndexes, windowOf } from './forest.ts';
import { Skeleton } from './skeleton.ts';

/** Parents that make trees of any shape, cycles among them, in any order of start. */
const anyParents = fc
  .array(fc.integer({ min: -3, max: 39 }), { maxLength: 40 })
  .map((raw) => raw.map((p, i) => (p >= raw.length || p === i ? -1 : Math.max(p, -1))));

const isBelow = (parent: ArrayLike<number>, place: number, above: number): boolean => {
  for (let up = parent[place]!; up >= 0; up = parent[up]!) if (up === above) return true;
  return false;
};

describe('the forest of a run', () => {
  it('has each task once and after its parent, siblings by start, and counts what lies below', () => {
    fc.assert(
      fc.property(anyParents, (parents) => {
        const forest = grow(Int32Array.from(parents));
        const all = parents.map((_, place) => place);
        expect([...forest.order].sort((a, b) => a - b)).toEqual(all);
        for (const place of all) {
          const up = forest.parent[place]!;
          expect(forest.order[forest.rank[place]!]).toBe(place);
          expect(forest.level[place]).toBe(up < 0 ? 0 : forest.level[up]! + 1);
          if (up >= 0) expect(forest.rank[up]!).toBeLessThan(forest.rank[place]!);
          expect(forest.children[place]).toBe(all.filter((other) => forest.parent[other] === place).length);
          expect(forest.descendants[place]).toBe(all.filter((other) => isBelow(forest.parent, other, place)).length);
          const siblings = [...forest.order].filter((other) => forest.parent[other] === up);
          expect(siblings).toEqual([...siblings].sort((a, b) => a - b));
          expect(siblingIndexes(forest)[place]).toBe(siblings.indexOf(place));
        }
      }),
    );
  });

  it('changes a parent only to cut a cycle, once, at its first member', () => {
    fc.assert(
      fc.property(anyParents, (parents) => {
        const { parent } = grow(Int32Array.from(parents));
        for (const [place, given] of parents.entries()) {
          if (parent[place] === given) continue;
          const cycle = [place];
          for (let up = given; up !== place; up = parents[up]!) {
            cycle.push(up);
            expect(cycle.length).toBeLessThanOrEqual(parents.length);
          }
          expect(place).toBe(Math.min(...cycle));
        }
      }),
    );
  });

  it('gives windows that together are the part that was asked for', () => {
    fc.assert(
      fc.property(
        anyParents,
        fc.integer({ min: -1, max: 39 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 7 }),
        (parents, any, levels, limit) => {
          const forest = grow(Int32Array.from(parents));
          const below = any < parents.length ? any : -1;
          const want = partOf(forest, below, levels);
          const got: number[] = [];
          for (let offset = 0; offset < want.length; offset += limit) {
            const window = windowOf(forest, { below, levels }, offset, limit);
            expect(window.matched).toBe(want.length);
            got.push(...window.places);
          }
          expect(got).toEqual(want);
        },
      ),
    );
  });
});

function partOf(forest: Forest, below: number, levels: number): number[] {
  const base = below < 0 ? -1 : forest.level[below]!;
  return [...forest.order].filter((place) => (below < 0 || isBelow(forest.parent, place, below)) && forest.level[place]! <= base + levels);
}

const id = (n: number) => n.toString(16).padStart(16, '0');
/** A task as skeleton.sql packs it. */
const node = (span: string, parent: string, trace: string, failed = 0) => ({
  bytes: Buffer.from(`${span}${parent}${trace}`, 'hex'),
  failed,
});
const skeleton = (...nodes: ReturnType<typeof node>[]) =>
  new Skeleton({
    nodes: Buffer.concat(nodes.map(({ bytes }) => bytes)).toString('base64'),
    failures: Buffer.from(nodes.map(({ failed }) => failed)).toString('base64'),
  });
const A = `${'0'.repeat(30)}00`;
const B = `${'0'.repeat(30)}01`;

describe('a packed skeleton', () => {
  it('finds tasks by ids that end in 00, are all ff or differ in the last byte only', () => {
    const ids = [id(256), id(512), 'f'.repeat(16), 'ffffffffffffff00', id(1)];
    const packed = skeleton(...ids.map((span) => node(span, id(0), A)), node(id(1), id(0), B));
    expect(packed.size).toBe(6);
    for (const [place, span] of ids.entries()) {
      expect(packed.find(A, span)).toBe(place);
      expect([packed.span(place), packed.trace(place)]).toEqual([span, A]);
    }
    expect(packed.find(B, id(1))).toBe(5);
    expect(packed.find(B, id(256))).toBe(-1);
  });

  it('joins children to parents of their own trace, and counts failures below', () => {
    const packed = skeleton(
      node(id(1), id(0), A),
      node(id(1), id(9), B, 1),
      node(id(2), id(1), B, 1),
      node(id(3), id(2), B, 1),
      node(id(4), id(4), A),
    );
    expect([...packed.forest.parent]).toEqual([-1, -1, 1, 2, -1]);
    expect([...packed.failedBelow()]).toEqual([0, 2, 1, 0, 0]);
  });

  it('is empty for a run without tasks', () => expect(new Skeleton({ nodes: '', failures: '' }).forest.order.length).toBe(0));
});
