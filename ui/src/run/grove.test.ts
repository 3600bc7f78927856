import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Task, TaskList } from '../../../query/contract/index.ts';
import { makeTask } from '../testing/make.ts';
import {
  type Answer,
  ancestorsIn,
  EMPTY,
  firstAnswers,
  type Grove,
  layOut,
  leafAt,
  nextToLookAt,
  planted,
  ROOT,
  rowAt,
  rowOf,
  windowsOf,
} from './grove.ts';
import { parseRef, refText } from './task-ref.ts';

/** A tree by the parent of each task; -1 for a root. Parents come before their children. */
type Parents = readonly number[];
const anyTree: fc.Arbitrary<Parents> = fc
  .array(fc.nat(), { minLength: 1, maxLength: 30 })
  .map((raw) => raw.map((n, i) => (i === 0 ? -1 : (n % (i + 1)) - 1)));

const task = (n: number, over: Partial<Task> = {}): Task => makeTask({ taskId: String(n).padStart(16, '0'), name: `task ${n}`, ...over });
const ref = (n: number): string => (n < 0 ? ROOT : refText(task(n)));
const childrenOf = (tree: Parents, n: number): number[] => tree.flatMap((parent, i) => (parent === n ? [i] : []));
const below = (tree: Parents, n: number): number[] => childrenOf(tree, n).flatMap((child) => [child, ...below(tree, child)]);
const levelOf = (tree: Parents, n: number): number => (tree[n]! < 0 ? 0 : levelOf(tree, tree[n]!) + 1);

function answerOf(tree: Parents, tasks: readonly number[], matched: number, failed: ReadonlySet<number> = new Set()): TaskList {
  return {
    tasks: tasks.map((n) => task(n, failed.has(n) ? { status: 'failed' } : {})),
    total: tree.length,
    order: 'tree',
    branch: {
      places: tasks.map((n) => ({
        level: levelOf(tree, n),
        children: childrenOf(tree, n).length,
        descendants: below(tree, n).length,
        failedBelow: below(tree, n).filter((each) => failed.has(each)).length,
      })),
      matched,
      nextOffset: null,
      path: [],
      indexes: [],
    },
  };
}

/** What a server answers to a question for a window of one level. */
function ask(tree: Parents, parent: number, offset: number, limit = 200, failed?: ReadonlySet<number>): Answer {
  const children = childrenOf(tree, parent);
  return { parent: ref(parent), offset, list: answerOf(tree, children.slice(offset, offset + limit), children.length, failed) };
}

const whole = (tree: Parents, failed?: ReadonlySet<number>): Grove =>
  [-1, ...tree.keys()].reduce((grove, n) => planted(grove, ask(tree, n, 0, 200, failed)), EMPTY);

describe('a tree that comes in parts', () => {
  it('has a row for every task whose ancestors are open, in the order of the tree', () => {
    fc.assert(
      fc.property(anyTree, fc.uniqueArray(fc.nat({ max: 29 })), (tree, opened) => {
        const grove = whole(tree);
        const open = new Set(opened.map(ref));
        const visible = (n: number): number[] =>
          childrenOf(tree, n).flatMap((child) => [child, ...(opened.includes(child) ? visible(child) : [])]);
        const expected = visible(-1);
        const layout = layOut(grove, open);
        expect(layout.count).toBe(expected.length);
        expect(expected.map((_, row) => leafAt(grove, layout, row)?.task.name)).toEqual(expected.map((n) => `task ${n}`));
        expect(expected.map((n) => rowOf(grove, layout, ref(n)))).toEqual(expected.map((_, row) => row));
        expect(expected.map((_, row) => rowAt(layout, row)?.level)).toEqual(expected.map((n) => levelOf(tree, n)));
        expect(rowAt(layout, expected.length)).toBeUndefined();
      }),
    );
  });

  it('keeps room for what has not come, and asks for the windows in sight only', () => {
    const wide: Parents = [-1, ...Array.from({ length: 1000 }, () => 0)];
    const grove = planted(planted(EMPTY, ask(wide, -1, 0)), ask(wide, 0, 400));
    const layout = layOut(grove, new Set([ref(0)]));
    expect(layout.count).toBe(1001);
    expect(leafAt(grove, layout, 401)?.task.name).toBe('task 401');
    expect(leafAt(grove, layout, 400)).toBeUndefined();
    expect(windowsOf(layout, 190, 230)).toEqual([
      { parent: ref(0), offset: 0 },
      { parent: ref(0), offset: 200 },
    ]);
  });

  it('takes the first answer apart, and knows whether all roots are in it', () => {
    const tree: Parents = [-1, 0, 0, -1, 3];
    const both = firstAnswers(answerOf(tree, [0, 1, 2, 3, 4], 5));
    expect(both.map(({ parent, list }) => [parent, list.tasks.length, list.branch?.matched])).toEqual([
      [ROOT, 2, 2],
      [ref(0), 2, 2],
      [ref(3), 1, 1],
    ]);
    const cut = firstAnswers(answerOf(tree, [0, 1], 5));
    expect(cut.map(({ parent }) => parent)).toEqual([ref(0)]);
  });

  it('tells the way up', () => {
    const tree: Parents = [-1, 0, 1];
    expect(ancestorsIn(whole(tree), ref(2)).map(({ name }) => name)).toEqual(['task 1', 'task 0']);
  });

  it('leads a search for failures into closed tasks and to what has not come, and past what is well', () => {
    const tree: Parents = [-1, 0, 0, 2, 0];
    const failed = new Set([3]);
    const grove = whole(tree, failed);
    const roots = new Set([ref(0)]);
    expect(nextToLookAt(grove, layOut(grove, new Set()), new Set(), 0)).toEqual({ row: 0, how: 'closed' });
    expect(nextToLookAt(grove, layOut(grove, roots), roots, 0)).toEqual({ row: 2, how: 'closed' });
    const open = new Set([ref(0), ref(2)]);
    expect(nextToLookAt(grove, layOut(grove, open), open, 0)).toEqual({ row: 3, how: 'failed' });
    expect(nextToLookAt(grove, layOut(grove, open), open, 4)).toBeNull();
    const part = planted(EMPTY, ask(tree, -1, 0));
    expect(nextToLookAt(part, layOut(part, roots), roots, 1)).toEqual({ row: 1, how: 'not here' });
  });
});

describe('a task in an address', () => {
  it('is named with its trace, or alone where there is one trace only', () => {
    expect(parseRef('aa:01', ['x', 'y'])).toEqual({ traceId: 'aa', taskId: '01' });
    expect(parseRef('01', ['aa'])).toEqual({ traceId: 'aa', taskId: '01' });
    expect([parseRef('01', ['aa', 'bb']), parseRef(undefined, ['aa']), parseRef('01', [])]).toEqual([undefined, undefined, undefined]);
  });
});
