import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'react';
import type { TaskList } from '../../../query/contract/index.ts';
import { branchQuery, firstBranchQuery, wayToQuery } from '../api/runs.ts';
import {
  EMPTY,
  firstAnswers,
  type Grove,
  type Layout,
  layOut,
  planted,
  ROOT,
  rowOf,
  WINDOW,
  type Window,
  windowOf,
  windowsOf,
} from './grove.ts';
import { refText, type TaskRef } from './task-ref.ts';

/** Rows before and behind those in sight whose tasks are asked for as well. */
const AHEAD = 40;
/** A task that lies deeper than this is shown by itself, and not in its place. */
const DEEPEST_WAY = 50;
/** Roots that are open at first. */
const OPEN_ROOTS = 20;

export interface Branches {
  grove: Grove;
  layout: Layout;
  open: ReadonlySet<string>;
  setOpen: (change: (open: ReadonlySet<string>) => ReadonlySet<string>) => void;
  /** The row of the selected task; -1 while it is not in the list. */
  place: number;
  /** Tells which rows are in the document. */
  onRows: (first: number, last: number) => void;
  /** Asks for the task of a row that is out of sight. */
  fetchRow: (window: Window) => void;
  /** The first answer is here, or why it is not. */
  first: ReturnType<typeof useQuery>;
}

/** The tree of a large run, as much of it as is open and in sight. The task the address names is brought into it, with all that stands above it. */
export function useBranches(runId: string, asked: TaskRef | undefined): Branches {
  const client = useQueryClient();
  const [grove, plant] = useReducer(planted, EMPTY);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [sight, setSight] = useState({ from: 0, to: 0 });
  const [extra, setExtra] = useState<readonly Window[]>([]);

  const first = useQuery(firstBranchQuery(runId, WINDOW + 1));
  useEffect(() => {
    if (!first.data) return;
    const answers = firstAnswers(first.data);
    for (const answer of answers) {
      const { list, parent, offset } = answer;
      // What came whole need not be asked for again; from here on the window keeps it up to date.
      const whole = list.tasks.length === Math.min(WINDOW, list.branch?.matched ?? 0);
      if (whole) client.setQueryData(branchQuery(runId, { parent, offset, limit: WINDOW }).queryKey, list);
      plant(answer);
    }
    setOpen(new Set(answers.flatMap(({ parent }) => (parent === ROOT ? [] : [parent])).slice(0, OPEN_ROOTS)));
  }, [first.data, client, runId]);

  const wanted = asked && refText(asked);
  const missing = wanted !== undefined && first.isSuccess && !grove.leaves.has(wanted);
  const way = useQuery(wayToQuery(runId, missing ? wanted : undefined)).data;
  useEffect(() => {
    if (!way || way.path.length > DEEPEST_WAY) return;
    const above = way.path.map(refText);
    setOpen((now) => new Set([...now, ...above]));
    setExtra(way.indexes.map((index, level) => windowOf({ parent: above[level - 1] ?? ROOT, index })));
  }, [way]);

  const layout = useMemo(() => layOut(grove, open), [grove, open]);
  const windows = useMemo(() => {
    const inSight = windowsOf(layout, sight.from - AHEAD, sight.to + AHEAD);
    const roots = grove.roots === null && first.isSuccess ? [{ parent: ROOT, offset: 0 }] : [];
    return distinct([...roots, ...inSight, ...extra]);
  }, [layout, sight, extra, grove.roots, first.isSuccess]);
  const answers = useQueries({ queries: windows.map((window) => branchQuery(runId, { ...window, limit: WINDOW })) });
  // An answer is planted once, when it comes: scrolling back and forth copies nothing.
  const inGround = useRef(new Map<string, TaskList>());
  useEffect(() => {
    answers.forEach(({ data }, i) => {
      const window = windows[i];
      if (!data || !window || inGround.current.get(nameOf(window)) === data) return;
      inGround.current.set(nameOf(window), data);
      plant({ ...window, list: data });
    });
  }, [answers, windows]);

  return {
    grove,
    layout,
    open,
    setOpen,
    place: wanted === undefined ? -1 : rowOf(grove, layout, wanted),
    onRows: useCallback((from, to) => setSight({ from, to }), []),
    fetchRow: useCallback((window) => setExtra((now) => distinct([...now.slice(-3), window])), []),
    first,
  };
}

const nameOf = ({ parent, offset }: Window): string => `${parent} ${offset}`;

function distinct(windows: readonly Window[]): Window[] {
  return [...new Map(windows.map((window) => [nameOf(window), window])).values()];
}
