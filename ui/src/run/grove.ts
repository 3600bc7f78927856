import type { Place, Task, TaskList } from '../../../query/contract/index.ts';
import { refText } from './task-ref.ts';

/** What stands above the roots. */
export const ROOT = 'root';
/** Children of one task in one answer. */
export const WINDOW = 200;

/** A task that has come, and where it stands. */
export interface Leaf {
  task: Task;
  place: Place;
  /** The reference of its parent, or ROOT. */
  parent: string;
  /** Among its siblings. */
  index: number;
}

/** As much of the tree of a run as has come: single windows of the children of single tasks. */
export interface Grove {
  /** By reference. */
  leaves: ReadonlyMap<string, Leaf>;
  /** References of the children that have come, by their place, by parent. */
  children: ReadonlyMap<string, ReadonlyMap<number, string>>;
  /** Roots there are; null until an answer tells. */
  roots: number | null;
}

export const EMPTY: Grove = { leaves: new Map(), children: new Map(), roots: null };

/** A window of the children of one task. */
export interface Window {
  parent: string;
  offset: number;
}

/** What was answered to a question for a window. */
export interface Answer extends Window {
  list: TaskList;
}

/** The grove with one more window in it. */
export function planted(grove: Grove, { parent, offset, list }: Answer): Grove {
  const leaves = new Map(grove.leaves);
  const siblings = new Map(grove.children.get(parent));
  list.tasks.forEach((task, i) => {
    const place = list.branch?.places[i];
    if (!place) return;
    const ref = refText(task);
    leaves.set(ref, { task, place, parent, index: offset + i });
    siblings.set(offset + i, ref);
  });
  const roots = parent === ROOT ? (list.branch?.matched ?? grove.roots) : grove.roots;
  return { leaves, children: new Map(grove.children).set(parent, siblings), roots };
}

/**
 * The first answer of a run, two levels deep, as answers of one level each: the roots, and the children of each root. Where not all roots are
 * in it, nothing is said of the roots: they must be asked for by themselves.
 */
export function firstAnswers({ tasks, branch, ...rest }: TaskList): Answer[] {
  if (!branch) return [];
  const level: Answer = { parent: ROOT, offset: 0, list: partOf([], rest) };
  const answers: Answer[] = [];
  tasks.forEach((task, i) => {
    const place = branch.places[i]!;
    const isRoot = place.level === 0;
    if (isRoot) answers.push({ parent: refText(task), offset: 0, list: partOf([], rest, place.children) });
    const into = isRoot ? level : answers.at(-1);
    into?.list.tasks.push(task);
    into?.list.branch?.places.push(place);
  });
  const seen = level.list.branch!.places.reduce((sum, { children }) => sum + 1 + children, 0);
  level.list.branch!.matched = level.list.tasks.length;
  return [...(seen === branch.matched ? [level] : []), ...answers.filter(({ list }) => list.tasks.length > 0)];
}

function partOf(tasks: Task[], rest: Omit<TaskList, 'tasks' | 'branch'>, matched = 0): TaskList {
  return { ...rest, tasks, branch: { places: [], matched, nextOffset: null, path: [], indexes: [] } };
}

/** Siblings one under the other, without anything open between them. */
interface Stretch {
  /** Row of the first. */
  start: number;
  parent: string;
  /** Place of the first among its siblings. */
  from: number;
  count: number;
  level: number;
}

/** The rows of a tree some of whose tasks are open, laid out by counts: no row needs to have come. */
export interface Layout {
  stretches: readonly Stretch[];
  count: number;
}

/** What stands in a row: the place among the children of a task. */
export interface RowPlace {
  parent: string;
  index: number;
  level: number;
}

/** Lays out the rows: the roots, and below each open task that has come all of its children. */
export function layOut(grove: Grove, open: ReadonlySet<string>): Layout {
  const opened = openChildren(grove, open);
  const stretches: Stretch[] = [];
  let count = 0;
  const emit = (parent: string, from: number, to: number, level: number) => {
    if (to > from) stretches.push({ start: count, parent, from, count: to - from, level });
    count += to - from;
  };
  const line = [{ parent: ROOT, level: 0, at: 0, next: 0 }];
  for (let top = line.at(-1); top; top = line.at(-1)) {
    const child = opened.get(top.parent)?.[top.next++];
    if (child) {
      emit(top.parent, top.at, child.index + 1, top.level);
      top.at = child.index + 1;
      line.push({ parent: refText(child.task), level: top.level + 1, at: 0, next: 0 });
    } else {
      emit(top.parent, top.at, childCount(grove, top.parent), top.level);
      line.pop();
    }
  }
  return { stretches, count };
}

/** Open tasks that have come and have something below them, by parent and in the order of their places. */
function openChildren(grove: Grove, open: ReadonlySet<string>): Map<string, Leaf[]> {
  const opened = new Map<string, Leaf[]>();
  for (const ref of open) {
    const leaf = grove.leaves.get(ref);
    if (!leaf || leaf.place.children === 0) continue;
    const siblings = opened.get(leaf.parent);
    if (siblings) siblings.push(leaf);
    else opened.set(leaf.parent, [leaf]);
  }
  for (const siblings of opened.values()) siblings.sort((a, b) => a.index - b.index);
  return opened;
}

function childCount(grove: Grove, parent: string): number {
  if (parent === ROOT) return grove.roots ?? grove.children.get(ROOT)?.size ?? 0;
  return grove.leaves.get(parent)?.place.children ?? 0;
}

/** What stands in a row; undefined beyond the last. */
export function rowAt({ stretches }: Layout, row: number): RowPlace | undefined {
  let [low, high] = [0, stretches.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { start, count, parent, from, level } = stretches[middle]!;
    if (row < start) high = middle - 1;
    else if (row >= start + count) low = middle + 1;
    else return { parent, index: from + row - start, level };
  }
  return undefined;
}

/** The task in a row, once it has come. */
export function leafAt(grove: Grove, layout: Layout, row: number): Leaf | undefined {
  const place = rowAt(layout, row);
  const ref = place && grove.children.get(place.parent)?.get(place.index);
  return ref === undefined ? undefined : grove.leaves.get(ref);
}

/** The row a task stands in; -1 where it has not come or something above it is closed. */
export function rowOf(grove: Grove, { stretches }: Layout, ref: string): number {
  const leaf = grove.leaves.get(ref);
  if (!leaf) return -1;
  const stretch = stretches.find(({ parent, from, count }) => parent === leaf.parent && leaf.index >= from && leaf.index < from + count);
  return stretch ? stretch.start + leaf.index - stretch.from : -1;
}

/** The window that holds a place. */
export const windowOf = ({ parent, index }: Pick<RowPlace, 'parent' | 'index'>): Window => ({ parent, offset: index - (index % WINDOW) });

/** The windows that rows stand in, each once. */
export function windowsOf(layout: Layout, from: number, to: number): Window[] {
  const windows = new Map<string, Window>();
  for (let row = Math.max(0, from); row <= to && row < layout.count; row++) {
    const place = rowAt(layout, row);
    if (!place) continue;
    const window = windowOf(place);
    windows.set(`${window.parent} ${window.offset}`, window);
  }
  return [...windows.values()];
}

/** The tasks above a task, the nearest first, as far as they have come. */
export function ancestorsIn(grove: Grove, ref: string): Task[] {
  const above: Task[] = [];
  for (let leaf = grove.leaves.get(grove.leaves.get(ref)?.parent ?? ''); leaf; leaf = grove.leaves.get(leaf.parent)) above.push(leaf.task);
  return above;
}

export type Found = { row: number; how: 'failed' | 'closed' | 'not here' };

/**
 * The next row at or after `from` that a search for failures must look at: a task that failed, a closed one with failures below it, or one
 * that has not come. Null beyond the last row.
 */
export function nextToLookAt(grove: Grove, layout: Layout, open: ReadonlySet<string>, from: number): Found | null {
  for (let row = from; row < layout.count; row++) {
    const leaf = leafAt(grove, layout, row);
    if (!leaf) return { row, how: 'not here' };
    if (leaf.place.failedBelow > 0 && !open.has(refText(leaf.task))) return { row, how: 'closed' };
    if (leaf.task.status === 'failed') return { row, how: 'failed' };
  }
  return null;
}
