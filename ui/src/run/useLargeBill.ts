import { useEffect, useState } from 'react';
import type { Task } from '../../../query/contract/index.ts';
import { taskPage } from '../api/runs.ts';
import { closed, enter, type ModelBill, type OpenBill, uncounted } from './receipts.ts';

/** Uncounted tasks that are listed. */
const LISTED = 200;

export interface LargeBill {
  /** Tasks added up so far, and how many there are. */
  done: number;
  total: number;
  /** null until all of them are. */
  bill: ModelBill | null;
  left: readonly Task[];
  leftCount: number;
  error: unknown;
}

const NOTHING: LargeBill = { done: 0, total: 0, bill: null, left: [], leftCount: 0, error: undefined };

/** Adds up all tasks of a large run, page by page, and keeps none of them. `attempt` begins anew. */
export function useLargeBill(runId: string, attempt: number): LargeBill {
  const [state, setState] = useState(NOTHING);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is a new sum
  useEffect(() => {
    const abort = new AbortController();
    setState(NOTHING);
    addUp(runId, abort.signal, setState).catch((error: unknown) => {
      if (!abort.signal.aborted) setState((now) => ({ ...now, error }));
    });
    return () => abort.abort();
  }, [runId, attempt]);
  return state;
}

async function addUp(runId: string, signal: AbortSignal, tell: (state: LargeBill) => void): Promise<void> {
  const lines: OpenBill = new Map();
  const left: Task[] = [];
  let leftCount = 0;
  for (let done = 0, total = 1; done < total; ) {
    const { tasks, total: all } = await taskPage(runId, done, signal);
    enter(lines, tasks);
    const uncountedHere = uncounted(tasks);
    leftCount += uncountedHere.length;
    left.push(...uncountedHere.slice(0, LISTED - left.length));
    done += tasks.length;
    total = tasks.length === 0 ? done : all;
    tell({ done, total: all, bill: done < total ? null : closed(lines), left: [...left], leftCount, error: undefined });
  }
}
