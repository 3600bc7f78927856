import './run.css';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { Conversation, Run, Task, TaskList } from '../../../query/contract/index.ts';
import { isNotFound } from '../api/client.ts';
import { messagesQuery, runQuery, tasksQuery } from '../api/runs.ts';
import { useKeys } from '../app/keys.ts';
import { formatInt } from '../format/numbers.ts';
import { Loaded } from '../parts/Loaded.tsx';
import { Panel } from '../parts/Panel.tsx';
import { SkeletonRows } from '../parts/Skeleton.tsx';
import { AttributesTab } from './AttributesTab.tsx';
import { CostTab } from './CostTab.tsx';
import { MessageList } from './MessageList.tsx';
import { RawTab } from './RawTab.tsx';
import { RunHead } from './RunHead.tsx';
import { RunTabs } from './RunTabs.tsx';
import { RunTotals } from './RunTotals.tsx';
import { Story, Truncated } from './Story.tsx';
import { TaskPanel } from './TaskPanel.tsx';
import { initialTask } from './tree.ts';
import { Waterfall } from './Waterfall.tsx';

export function RunPage() {
  const { runId } = useParams({ from: '/runs/$runId' });
  const run = useQuery(runQuery(runId));
  if (run.isError && isNotFound(run.error)) return <NoSuchRun runId={runId} />;
  return (
    <Loaded
      query={run}
      what="The run"
      skeleton={
        <div className="tab-body sec">
          <SkeletonRows rows={10} />
        </div>
      }
    >
      {(data) => <RunView run={data} />}
    </Loaded>
  );
}

function NoSuchRun({ runId }: { runId: string }) {
  return (
    <div className="pad">
      <div className="empty">
        <h2>There is no such run</h2>
        <p>
          Nothing is booked under <span className="mono">{runId}</span>. It may have been deleted, or its first spans are still on their
          way.
        </p>
        <Link className="btn" to="/runs">
          All runs
        </Link>
      </div>
    </div>
  );
}

/** The whole run: what it was, what it cost, where its time went, what was said, and each of its tasks. */
function RunView({ run }: { run: Run }) {
  const { tab = 'story', task: asked } = useSearch({ from: '/runs/$runId' });
  const navigate = useNavigate({ from: '/runs/$runId' });
  const tasks = useQuery(tasksQuery(run.runId));
  const messages = useQuery(messagesQuery(run.runId));
  const select = useCallback(
    (task: Task) => void navigate({ search: (search) => ({ ...search, task: task.taskId }), replace: true, resetScroll: false }),
    [navigate],
  );
  const selectHere = (task: Task) =>
    void navigate({ search: (search) => ({ ...search, tab: undefined, task: task.taskId }), resetScroll: false });

  return (
    <div>
      <RunHead run={run} />
      <RunTotals run={run} tasks={tasks.data && tasks.data.tasks.length === tasks.data.total ? tasks.data.tasks : undefined} />
      <RunTabs run={run} current={tab} messages={messages.data?.messages.length} />
      <Panel what="This part of the run">
        {tab === 'messages' ? (
          <Loaded query={messages} what="The messages">
            {(data) => (
              <div className="tab-body sec">
                {data.messages.length > 0 ? (
                  <>
                    <MessageList messages={data.messages} />
                    {data.truncated && <Truncated />}
                  </>
                ) : (
                  <p className="quiet">No text was recorded for this run.</p>
                )}
              </div>
            )}
          </Loaded>
        ) : (
          <Loaded
            query={tasks}
            what="The tasks"
            skeleton={
              <div className="tab-body sec">
                <SkeletonRows rows={8} />
              </div>
            }
          >
            {(data) => <TaskTab run={run} tab={tab} list={data} asked={asked} messages={messages} onSelect={select} onLeave={selectHere} />}
          </Loaded>
        )}
      </Panel>
    </div>
  );
}

interface TaskTabProps {
  run: Run;
  tab: 'story' | 'tasks' | 'cost' | 'attributes' | 'raw';
  list: TaskList;
  asked: string | undefined;
  messages: UseQueryResult<Conversation>;
  onSelect: (task: Task) => void;
  onLeave: (task: Task) => void;
}

function TaskTab({ run, tab, list, asked, messages, onSelect, onLeave }: TaskTabProps) {
  const { tasks, total } = list;
  const selected = initialTask(tasks, asked);
  const step = (delta: 1 | -1) => {
    const next = selected && tasks[tasks.indexOf(selected) + delta];
    if (next) onSelect(next);
  };
  useKeys({ j: () => step(1), k: () => step(-1) });

  if (tab === 'raw') return <RawTab run={run} task={selected} />;
  if (!selected) {
    return (
      <div className="tab-body">
        <p className="quiet sec">
          {run.status === 'running' ? 'The run has begun. Its first task shows up when it ends.' : 'No task of this run is booked.'}
        </p>
      </div>
    );
  }
  const cut = total > tasks.length ? `These are the first ${formatInt(tasks.length)} of ${formatInt(total)} tasks.` : null;
  if (tab === 'cost') {
    return (
      <>
        {cut && <p className="quiet part-only">{cut} The figures of the whole run stand above.</p>}
        <CostTab run={run} tasks={tasks} onSelect={onLeave} />
      </>
    );
  }
  if (tab === 'attributes') return <AttributesTab task={selected} />;

  const told = messages.data?.messages ?? [];
  const withStory = tab === 'story' && told.length > 0;
  return (
    <div className={withStory ? 'run-columns' : undefined}>
      {withStory && messages.data && <Story run={run} conversation={messages.data} tasks={tasks} selected={selected} onSelect={onSelect} />}
      <section className="trace" aria-label="Tasks and the selected task">
        {tab === 'story' && messages.isSuccess && told.length === 0 && (
          <p className="quiet part-only">No text was recorded for this run, so there is no story to read.</p>
        )}
        {cut && <p className="quiet part-only">{cut}</p>}
        <Waterfall tasks={tasks} selected={selected} onSelect={onSelect} />
        <TaskPanel task={selected} tasks={tasks} onSelect={onSelect} />
      </section>
    </div>
  );
}
