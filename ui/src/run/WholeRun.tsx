import type { UseQueryResult } from '@tanstack/react-query';
import type { Conversation, Run, Task, TaskList } from '../../../query/contract/index.ts';
import { useKeys } from '../app/keys.ts';
import { formatInt } from '../format/numbers.ts';
import { toMs } from '../format/time.ts';
import type { RunTab } from '../url/run-search.ts';
import { AttributesTab } from './AttributesTab.tsx';
import { CostTab } from './CostTab.tsx';
import { RawTab } from './RawTab.tsx';
import { RunColumns } from './RunColumns.tsx';
import { billOf, uncounted } from './receipts.ts';
import { TaskPanel } from './TaskPanel.tsx';
import { ancestorsOf, initialTask } from './tree.ts';
import { Waterfall } from './Waterfall.tsx';

export interface RunTasksProps {
  run: Run;
  tab: Exclude<RunTab, 'messages'>;
  /** The task the address names. */
  asked: string | undefined;
  messages: UseQueryResult<Conversation>;
  onSelect: (task: Task) => void;
  /** Shows the task where tasks are shown. */
  onLeave: (task: Task) => void;
}

/** A run all of whose tasks are here. */
export function WholeRun({ run, tab, list, asked, messages, onSelect, onLeave }: RunTasksProps & { list: TaskList }) {
  const { tasks, total } = list;
  const selected = initialTask(tasks, asked);
  const place = selected ? tasks.indexOf(selected) : -1;
  const stepTo = (task: Task | undefined) => task && (() => onSelect(task));
  const [before, after] = [stepTo(tasks[place - 1]), stepTo(tasks[place + 1])];
  useKeys({ j: () => after?.(), k: () => before?.() });

  if (tab === 'raw') return <RawTab run={run} task={selected} />;
  if (!selected) return <NoTask run={run} />;
  const cut = total > tasks.length ? `These are the first ${formatInt(tasks.length)} of ${formatInt(total)} tasks.` : null;
  if (tab === 'cost') {
    const left = uncounted(tasks);
    return (
      <>
        {cut && <p className="quiet part-only">{cut} The figures of the whole run stand above.</p>}
        <CostTab run={run} bill={billOf(tasks)} left={left} leftCount={left.length} onSelect={onLeave} />
      </>
    );
  }
  if (tab === 'attributes') return <AttributesTab task={selected} />;
  return (
    <RunColumns run={run} withStory={tab === 'story'} messages={messages} tasks={tasks} selected={selected} onSelect={onSelect}>
      {cut && <p className="quiet part-only">{cut}</p>}
      <Waterfall tasks={tasks} selected={selected} onSelect={onSelect} />
      <TaskPanel
        task={selected}
        above={ancestorsOf(tasks, selected)}
        runStart={toMs(tasks[0]?.startedAt ?? run.startedAt)}
        onBefore={before}
        onAfter={after}
      />
    </RunColumns>
  );
}

export function NoTask({ run }: { run: Run }) {
  return (
    <div className="tab-body">
      <p className="quiet sec">
        {run.status === 'running' ? 'The run has begun. Its first task shows up when it ends.' : 'No task of this run is booked.'}
      </p>
    </div>
  );
}
