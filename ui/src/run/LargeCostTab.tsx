import { useState } from 'react';
import type { Run, Task } from '../../../query/contract/index.ts';
import { formatInt, plural } from '../format/numbers.ts';
import { PanelFailed } from '../parts/Panel.tsx';
import { CostTab } from './CostTab.tsx';
import { useLargeBill } from './useLargeBill.ts';

/** Runs up to this size are added up without being asked. */
const AT_ONCE = 200_000;

/** The money of a run that is too large to be read at once: all its tasks are added up, which takes a moment. */
export function LargeCostTab({ run, onSelect }: { run: Run; onSelect: (task: Task) => void }) {
  const [wanted, setWanted] = useState(run.taskCount <= AT_ONCE);
  if (wanted) return <Sum run={run} onSelect={onSelect} />;
  return (
    <div className="tab-body sec">
      <p className="quiet">
        The figures of the whole run stand above. To tell them apart by model, all {plural(run.taskCount, 'task')} must be read.
      </p>
      <button type="button" className="btn" onClick={() => setWanted(true)}>
        Add them up
      </button>
    </div>
  );
}

function Sum({ run, onSelect }: { run: Run; onSelect: (task: Task) => void }) {
  const [attempt, setAttempt] = useState(0);
  const { done, total, bill, left, leftCount, error } = useLargeBill(run.runId, attempt);
  if (error) {
    return (
      <div className="tab-body sec">
        <PanelFailed what="The cost by model" error={error} onRetry={() => setAttempt(attempt + 1)} />
      </div>
    );
  }
  if (bill) return <CostTab run={run} bill={bill} left={left} leftCount={leftCount} onSelect={onSelect} />;
  return (
    <div className="tab-body sec" role="status" aria-busy="true">
      <p className="quiet">
        Adding up by model: {formatInt(done)} of {plural(total || run.taskCount, 'task')}.
      </p>
      <progress className="progress" aria-label="Tasks added up" max={total || run.taskCount} value={done} />
    </div>
  );
}
