import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, type MouseEvent, useCallback, useState } from 'react';
import type { Run } from '../../../query/contract/index.ts';
import { useMarkRun } from '../api/marks.ts';
import { useKeys } from '../app/keys.ts';
import { useTabletOrLess } from '../parts/useWidth.ts';
import { useRunsSearch } from './useRunsSearch.ts';

export interface Stepping {
  /** The row the keyboard stands on. */
  current: string | undefined;
  /** The row that must be in view, once somebody went to one. */
  inView: string | undefined;
  /** The run in the panel beside the list; none on small screens. */
  peek: string | undefined;
  setCurrent: (runId: string) => void;
  open: (run: Run, event: MouseEvent | KeyboardEvent) => void;
  step: (delta: 1 | -1) => void;
  close: () => void;
  onArrow: (event: KeyboardEvent) => void;
}

function focusRow(runId: string): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-run="${CSS.escape(runId)}"]`)?.focus({ preventScroll: true }));
}

/** Walking the list: J, K and arrows step, Enter or a click peeks and once more opens, Escape closes. */
export function useStepping(rows: readonly Run[]): Stepping {
  const { search, change } = useRunsSearch();
  const navigate = useNavigate();
  const mark = useMarkRun();
  const small = useTabletOrLess();
  const [standing, setCurrent] = useState<string>();
  const peek = small ? undefined : search.peek;
  const current = peek ?? (rows.some(({ runId }) => runId === standing) ? standing : rows[0]?.runId);

  const open = useCallback(
    (run: Run, event: MouseEvent | KeyboardEvent) => {
      const ownWindow = event.ctrlKey || event.metaKey || event.shiftKey;
      if (small || ownWindow || run.runId === peek) return;
      event.preventDefault();
      setCurrent(run.runId);
      change({ peek: run.runId });
    },
    [small, peek, change],
  );

  const step = useCallback(
    (delta: 1 | -1) => {
      const place = rows.findIndex(({ runId }) => runId === current);
      const next = rows[standing === undefined && peek === undefined ? place : place + delta]?.runId;
      if (next === undefined) return;
      setCurrent(next);
      if (peek !== undefined) change({ peek: next }, { replace: true });
      focusRow(next);
    },
    [rows, current, standing, peek, change],
  );

  const close = useCallback(() => {
    if (peek === undefined) return;
    setCurrent(peek);
    focusRow(peek);
    change({ peek: undefined });
  }, [peek, change]);

  function openCurrent(): void {
    if (current === undefined) return;
    if (small || peek === current) void navigate({ to: '/runs/$runId', params: { runId: current } });
    else change({ peek: current });
  }

  function star(): void {
    const run = rows.find(({ runId }) => runId === current);
    if (run) mark.mutate({ run, patch: { starred: !run.starred } });
  }

  useKeys({ j: () => step(1), k: () => step(-1), o: openCurrent, s: star, Escape: close });

  function onArrow(event: KeyboardEvent): void {
    const onRow = event.target instanceof HTMLElement && event.target.dataset.run !== undefined;
    if (!onRow || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
    event.preventDefault();
    step(event.key === 'ArrowDown' ? 1 : -1);
  }

  return { current, inView: peek ?? standing, peek, setCurrent, open, step, close, onArrow };
}
