import './peek.css';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Run } from '../../../query/contract/index.ts';
import { runQuery, tasksQuery } from '../api/runs.ts';
import { formatDuration } from '../format/duration.ts';
import { formatInt, plural } from '../format/numbers.ts';
import { clockSeconds } from '../format/time.ts';
import { CopyId } from '../parts/CopyId.tsx';
import { Icon } from '../parts/Icon.tsx';
import { Loaded } from '../parts/Loaded.tsx';
import { FeatureBadge, StatusBadge } from '../parts/marks.tsx';
import { Panel } from '../parts/Panel.tsx';
import { StarButton } from '../parts/StarButton.tsx';
import { Time } from '../parts/Time.tsx';
import { Minimap } from '../run/Minimap.tsx';
import { ModelReceipt } from '../run/ModelReceipt.tsx';
import { timescaleOf } from '../run/timescale.ts';
import { calledNothing } from './cells.ts';
import { PeekStory } from './PeekStory.tsx';
import { RunCost, RunTokens } from './RunFigures.tsx';

/** Above this many tasks a glance is no longer quick. */
const MOST_PEEKED = 2000;

interface PeekProps {
  runId: string;
  /** The row in the list, if it is there: shown until the run itself has come. */
  listed: Run | undefined;
  onStep: (delta: 1 | -1) => void;
  onClose: () => void;
}

function PeekFigures({ run }: { run: Run }) {
  return (
    <dl className="figures">
      <div>
        <dt>Cost</dt>
        <dd>
          <RunCost run={run} />
        </dd>
      </div>
      {!calledNothing(run) && (
        <div>
          <dt>Tokens</dt>
          <dd>
            <RunTokens run={run} />
          </dd>
        </div>
      )}
      <div>
        <dt>Duration</dt>
        <dd>{formatDuration(run.durationMs)}</dd>
      </div>
      <div>
        <dt>Tasks</dt>
        <dd>{formatInt(run.taskCount)}</dd>
      </div>
    </dl>
  );
}

function PeekTasks({ run }: { run: Run }) {
  const tasks = useQuery(tasksQuery(run.runId));
  return (
    <Loaded query={tasks} what="The tasks">
      {({ tasks: all }) => (
        <>
          <h3 className="peek-head">
            Receipt
            <Link
              className="link"
              to="/runs/$runId"
              params={{ runId: run.runId }}
              search={(search) => ({ range: search.range, from: search.from, to: search.to, tab: 'cost' as const })}
            >
              Full receipt
            </Link>
          </h3>
          <ModelReceipt tasks={all} />
          <h3 className="peek-head">
            Tasks
            <span>
              {plural(all.length, 'task')} in {formatDuration(run.durationMs)}
            </span>
          </h3>
          <Minimap tasks={all} scale={timescaleOf(all)} height={88} />
        </>
      )}
    </Loaded>
  );
}

/** A run beside the list, to look at without leaving it. */
export function Peek({ runId, listed, onStep, onClose }: PeekProps) {
  const run = useQuery({ ...runQuery(runId), ...(listed && { initialData: listed, initialDataUpdatedAt: 0 }) });
  return (
    <aside className="peek" aria-label="Peek at a run">
      <div className="peek-bar">
        <CopyId id={runId} what="run id" />
        <span className="grow" />
        <button type="button" className="btn ghost square" aria-label="Previous run" onClick={() => onStep(-1)}>
          <Icon name="up" small />
        </button>
        <button type="button" className="btn ghost square" aria-label="Next run" onClick={() => onStep(1)}>
          <Icon name="down" small />
        </button>
        <Link className="btn ghost square" aria-label="Open the run" to="/runs/$runId" params={{ runId }}>
          <Icon name="expand" small />
        </Link>
        <button type="button" className="btn ghost square" aria-label="Close the peek" onClick={onClose}>
          <Icon name="close" small />
        </button>
      </div>
      <div className="peek-body">
        <Loaded query={run} what="The run">
          {(data) => (
            <>
              <h2>
                <span>{data.name}</span>
                <StarButton run={data} />
              </h2>
              <div className="meta">
                <StatusBadge status={data.status} />
                <FeatureBadge feature={data.feature} />
                {data.sourceId && <span>{data.sourceId}</span>}
                <Time instant={data.startedAt} format={(ms) => `${clockSeconds(ms)} UTC`} />
              </div>
              <PeekFigures run={data} />
              <Panel what="The conversation">
                <PeekStory run={data} />
              </Panel>
              {data.taskCount <= MOST_PEEKED ? (
                <Panel what="The tasks">
                  <PeekTasks run={data} />
                </Panel>
              ) : (
                <p className="quiet">{plural(data.taskCount, 'task')}: open the run to see them.</p>
              )}
            </>
          )}
        </Loaded>
      </div>
    </aside>
  );
}
