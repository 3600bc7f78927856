import { useCallback, useMemo, useRef, useState } from 'react';
import type { Run, Task } from '../../../query/contract/index.ts';
import { formatInt, plural } from '../format/numbers.ts';
import { toMs } from '../format/time.ts';
import { GridCell, Row } from '../parts/grid.tsx';
import { Icon } from '../parts/Icon.tsx';
import { type Grove, type Leaf, leafAt, ROOT } from './grove.ts';
import { refText } from './task-ref.ts';
import { intervalOf, type Timescale, ticksOf, timescaleOf } from './timescale.ts';
import type { TreeRow } from './tree.ts';
import type { Branches } from './useBranches.ts';
import type { BranchKeys } from './useBranchKeys.ts';
import { isWhole, spanned, WHOLE } from './viewport.ts';
import { WaterfallFrame } from './WaterfallFrame.tsx';
import { WaterfallRow } from './WaterfallRow.tsx';

/** Room at both ends of a task that the lanes are narrowed to. */
const MARGIN = 0.04;

/** The axis of a run whose tasks are not all here: that of its roots where they are, since idle time between turns is folded, else from end to end. */
function useScale(run: Run, { grove }: Branches): Timescale {
  return useMemo(() => {
    const refs = [...(grove.children.get(ROOT)?.values() ?? [])];
    const roots = refs.flatMap((ref) => grove.leaves.get(ref)?.task ?? []);
    const whole = { startedAt: run.startedAt, endedAt: run.endedAt, durationMs: run.durationMs };
    if (roots.length === 0 || roots.length !== grove.roots) return timescaleOf([whole]);
    const last = Math.max(...roots.map((root) => intervalOf(root).end));
    // Children may outlive the root; then the run says how long it took.
    return last < toMs(run.startedAt) + run.durationMs && roots.length === 1 ? timescaleOf([whole]) : timescaleOf(roots);
  }, [run.startedAt, run.endedAt, run.durationMs, grove.children, grove.leaves, grove.roots]);
}

/** The row of a task, the same one as long as the task is the same, so that scrolling draws only what is new. */
function useRowOfLeaf(grove: Grove): (leaf: Leaf) => TreeRow {
  const rows = useRef(new WeakMap<Leaf, TreeRow>());
  return (leaf) => {
    const known = rows.current.get(leaf);
    if (known) return known;
    const before = grove.leaves.get(grove.children.get(leaf.parent)?.get(leaf.index - 1) ?? '')?.task;
    const row = {
      task: leaf.task,
      depth: leaf.place.level,
      hasChildren: leaf.place.children > 0,
      isRetry: before?.status === 'failed' && before.name === leaf.task.name,
      below: { tasks: leaf.place.descendants, failed: leaf.place.failedBelow },
    };
    rows.current.set(leaf, row);
    return row;
  };
}

interface BranchWaterfallProps {
  run: Run;
  branches: Branches;
  keys: BranchKeys;
  selected: Task | undefined;
  onSelect: (task: Task) => void;
}

/** The tree of a run that is too large to be read whole: closed rows say what is below them, and open when asked. */
export function BranchWaterfall({ run, branches, keys, selected, onSelect }: BranchWaterfallProps) {
  const { grove, layout, open, setOpen, place, onRows } = branches;
  const [view, setView] = useState(WHOLE);
  const scale = useScale(run, branches);
  const ticks = useMemo(() => ticksOf(scale), [scale]);
  const roots = [...(grove.children.get(ROOT)?.values() ?? [])];
  const deeper = [...open].filter((ref) => !roots.includes(ref));

  function zoom(task: Task): void {
    const { start, end } = intervalOf(task);
    const [from, to] = [scale.place(start), scale.place(end)];
    const margin = (to - from) * MARGIN;
    setView(spanned(from - margin, to + margin));
  }

  const rowOfLeaf = useRowOfLeaf(grove);
  const { toggle } = keys;
  const fold = useCallback(({ task }: TreeRow) => toggle(refText(task)), [toggle]);

  return (
    <>
      <div className="waterfall-bar">
        <span className="part-words" role="status">
          {formatInt(layout.count)} of {plural(run.taskCount, 'task')} listed. Open a row to see what is below it.
        </span>
        <span className="grow" />
        {deeper.length > 0 && (
          <button
            type="button"
            className="btn small"
            onClick={() => setOpen((now) => new Set([...now].filter((ref) => roots.includes(ref))))}
          >
            Close all
          </button>
        )}
        {isWhole(view) ? (
          <button
            type="button"
            className="btn small"
            disabled={!selected}
            title="Show the time of the selected task on the whole width"
            onClick={() => selected && zoom(selected)}
          >
            Zoom to task
          </button>
        ) : (
          <button type="button" className="btn small" onClick={() => setView(WHOLE)}>
            Whole run
          </button>
        )}
        {run.errorCount > 0 && (
          <button type="button" className="btn small" aria-busy={keys.seeking} onClick={keys.nextFailure}>
            <span className="status status-failed">
              <Icon name="failed" small />
            </span>
            Next failure
          </button>
        )}
      </div>
      <WaterfallFrame
        count={layout.count}
        place={place}
        selected={selected && refText(selected)}
        ticks={ticks}
        folds={scale.folds}
        view={view}
        onKeyDown={keys.onKeyDown}
        onRows={onRows}
        renderRow={(index) => {
          const leaf = leafAt(grove, layout, index);
          if (!leaf) return <WaitingRow />;
          const row = rowOfLeaf(leaf);
          return (
            <WaterfallRow
              row={row}
              scale={scale}
              view={view}
              selected={index === place}
              folded={!open.has(refText(row.task))}
              onSelect={onSelect}
              onFold={fold}
            />
          );
        }}
      />
    </>
  );
}

/** Stands where a task will be. */
function WaitingRow() {
  return (
    <Row className="waterfall-row waiting">
      <GridCell className="task-name">
        <i aria-hidden="true" />
        <span className="sr">Loading</span>
      </GridCell>
    </Row>
  );
}
