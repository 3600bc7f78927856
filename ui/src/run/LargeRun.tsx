import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Task } from '../../../query/contract/index.ts';
import { taskQuery } from '../api/runs.ts';
import { useKeys } from '../app/keys.ts';
import { toMs } from '../format/time.ts';
import { PanelFailed } from '../parts/Panel.tsx';
import { SkeletonRows } from '../parts/Skeleton.tsx';
import { AttributesTab } from './AttributesTab.tsx';
import { BranchWaterfall } from './BranchWaterfall.tsx';
import { ancestorsIn, type Grove, ROOT } from './grove.ts';
import { LargeCostTab } from './LargeCostTab.tsx';
import { RawTab } from './RawTab.tsx';
import { RunColumns } from './RunColumns.tsx';
import { TaskPanel } from './TaskPanel.tsx';
import { parseRef, refText, type TaskRef } from './task-ref.ts';
import { useBranches } from './useBranches.ts';
import { useBranchKeys } from './useBranchKeys.ts';
import { NoTask, type RunTasksProps } from './WholeRun.tsx';

/** The task that is selected: as it stands in the tree, or read by itself where a link leads to one that is not in it yet. */
function useSelected(grove: Grove, ref: TaskRef | undefined): { task: Task | undefined; isNone: boolean } {
  const leaf = ref && grove.leaves.get(refText(ref));
  const alone = useQuery({ ...taskQuery(ref?.traceId ?? '', ref?.taskId ?? ''), enabled: ref !== undefined && !leaf });
  return { task: leaf?.task ?? (ref ? alone.data : undefined), isNone: ref === undefined || (!leaf && alone.isError) };
}

const NO_TASKS: readonly Task[] = [];

/** A run of too many tasks to be read at once: what is open and in sight is asked for, and the rest is counted. */
export function LargeRun({ run, tab, asked, messages, onSelect, onLeave }: RunTasksProps) {
  const named = useMemo(() => parseRef(asked, run.traceIds), [asked, run.traceIds]);
  const found = useBranches(run.runId, named);
  const { grove, first } = found;
  const firstRoot = grove.leaves.get(grove.children.get(ROOT)?.get(0) ?? '')?.task;
  const { task, isNone } = useSelected(grove, named);
  const selected = isNone ? firstRoot : task;
  // Nobody chose a task that is there: the first root is shown, and its row is the one to walk from.
  const branches = isNone && firstRoot ? { ...found, place: 0 } : found;
  const keys = useBranchKeys(branches, onSelect);
  useKeys({ j: () => keys.step(1), k: () => keys.step(-1) });

  if (tab === 'raw') return <RawTab run={run} task={selected} />;
  if (tab === 'cost') return <LargeCostTab run={run} onSelect={onLeave} />;
  if (first.isError) {
    return (
      <div className="tab-body sec">
        <PanelFailed what="The tasks" error={first.error} onRetry={() => first.refetch()} />
      </div>
    );
  }
  if (first.isPending) {
    return (
      <div className="tab-body sec">
        <SkeletonRows rows={8} />
      </div>
    );
  }
  if (tab === 'attributes') return selected ? <AttributesTab task={selected} /> : <NoTask run={run} />;
  const { place, layout } = branches;
  return (
    <RunColumns run={run} withStory={tab === 'story'} messages={messages} tasks={NO_TASKS} selected={selected} onSelect={onSelect}>
      <BranchWaterfall run={run} branches={branches} keys={keys} selected={selected} onSelect={onSelect} />
      {selected && (
        <TaskPanel
          task={selected}
          above={ancestorsIn(grove, refText(selected))}
          runStart={toMs(run.startedAt)}
          onBefore={place > 0 ? () => keys.step(-1) : undefined}
          onAfter={place >= 0 && place < layout.count - 1 ? () => keys.step(1) : undefined}
        />
      )}
    </RunColumns>
  );
}
