import { type KeyboardEvent, useCallback, useMemo, useState } from 'react';
import type { Task } from '../../../query/contract/index.ts';
import { type Timescale, timescaleOf } from './timescale.ts';
import { parentRow, type TreeRow, treeOf, visibleRows } from './tree.ts';
import { type Viewport, WHOLE } from './viewport.ts';

export interface WaterfallState {
  rows: TreeRow[];
  /** Place of the selected row among those to be seen; -1 when it is folded away. */
  place: number;
  folded: ReadonlySet<string>;
  scale: Timescale;
  view: Viewport;
  setView: (view: Viewport) => void;
  toggle: (taskId: string) => void;
  /** Folds whatever can be folded below the roots, or unfolds it all; null where there is nothing to fold. */
  foldAll: ((fold: boolean) => void) | null;
  nextFailure: (() => void) | null;
  onKeyDown: (event: KeyboardEvent) => void;
}

/** The tree as it is shown, and walking it with the keyboard: up and down, left folds or goes up, right unfolds or goes in. */
export function useWaterfall(tasks: readonly Task[], selected: Task | undefined, onSelect: (task: Task) => void): WaterfallState {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [view, setView] = useState<Viewport>(WHOLE);
  const scale = useMemo(() => timescaleOf(tasks), [tasks]);
  const tree = useMemo(() => treeOf(tasks), [tasks]);
  const rows = useMemo(() => visibleRows(tree, folded), [tree, folded]);
  const place = rows.findIndex(({ task }) => task.taskId === selected?.taskId && task.traceId === selected.traceId);

  const toggle = useCallback((taskId: string) => {
    setFolded((now) => {
      const next = new Set(now);
      if (!next.delete(taskId)) next.add(taskId);
      return next;
    });
  }, []);

  const select = (row: TreeRow | undefined) => row && onSelect(row.task);
  const row = rows[place];
  const left = () => (row?.hasChildren && !folded.has(row.task.taskId) ? toggle(row.task.taskId) : select(parentRow(rows, place)));
  const right = () => (row?.hasChildren ? (folded.has(row.task.taskId) ? toggle(row.task.taskId) : select(rows[place + 1])) : undefined);
  const actions: Readonly<Record<string, () => void>> = {
    ArrowUp: () => select(rows[place - 1]),
    ArrowDown: () => select(rows[place + 1]),
    ArrowLeft: left,
    ArrowRight: right,
    Home: () => select(rows[0]),
    End: () => select(rows.at(-1)),
  };

  const foldable = useMemo(() => tree.filter(({ hasChildren, depth }) => hasChildren && depth > 0).map(({ task }) => task.taskId), [tree]);
  const failures = tasks.filter(({ status }) => status === 'failed');
  const failure = failures[(failures.findIndex(({ taskId }) => taskId === selected?.taskId) + 1) % Math.max(1, failures.length)];

  return {
    rows,
    place,
    folded,
    scale,
    view,
    setView,
    toggle,
    foldAll: foldable.length > 0 ? (fold) => setFolded(new Set(fold ? foldable : [])) : null,
    nextFailure: failure ? () => onSelect(failure) : null,
    onKeyDown(event) {
      const action = actions[event.key];
      if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      action();
    },
  };
}
