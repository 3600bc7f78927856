import './run.css';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { Run, Task } from '../../../query/contract/index.ts';
import { isNotFound } from '../api/client.ts';
import { LARGE_RUN, messagesQuery, runQuery, tasksQuery } from '../api/runs.ts';
import { Loaded } from '../parts/Loaded.tsx';
import { Panel } from '../parts/Panel.tsx';
import { SkeletonRows } from '../parts/Skeleton.tsx';
import { LargeRun } from './LargeRun.tsx';
import { MessageList } from './MessageList.tsx';
import { noText } from './RunColumns.tsx';
import { RunHead } from './RunHead.tsx';
import { RunTabs } from './RunTabs.tsx';
import { RunTotals } from './RunTotals.tsx';
import { Truncated } from './Story.tsx';
import { refText } from './task-ref.ts';
import { WholeRun } from './WholeRun.tsx';

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

/** A run: what it was, what it cost, where its time went, what was said, and its tasks: all of them, or of a large run those one looks at. */
function RunView({ run }: { run: Run }) {
  const { tab = 'story', task: asked } = useSearch({ from: '/runs/$runId' });
  const navigate = useNavigate({ from: '/runs/$runId' });
  const large = run.taskCount > LARGE_RUN;
  const tasks = useQuery({ ...tasksQuery(run.runId), enabled: !large });
  const messages = useQuery(messagesQuery(run.runId));
  const name = useCallback((task: Task) => (large ? refText(task) : task.taskId), [large]);
  const select = useCallback(
    (task: Task) => void navigate({ search: (search) => ({ ...search, task: name(task) }), replace: true, resetScroll: false }),
    [navigate, name],
  );
  const leaveTo = (task: Task) =>
    void navigate({ search: (search) => ({ ...search, tab: undefined, task: name(task) }), resetScroll: false });
  const all = !large && tasks.data?.tasks.length === tasks.data?.total ? tasks.data?.tasks : undefined;

  return (
    <div>
      <RunHead run={run} />
      <RunTotals run={run} tasks={all} />
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
                  <p className="quiet">{noText(data.truncated)}</p>
                )}
              </div>
            )}
          </Loaded>
        ) : large ? (
          <LargeRun key={run.runId} run={run} tab={tab} asked={asked} messages={messages} onSelect={select} onLeave={leaveTo} />
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
            {(data) => <WholeRun run={run} tab={tab} list={data} asked={asked} messages={messages} onSelect={select} onLeave={leaveTo} />}
          </Loaded>
        )}
      </Panel>
    </div>
  );
}
