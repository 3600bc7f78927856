import type { ReactNode } from 'react';
import type { Run, Task } from '../../../query/contract/index.ts';
import { formatDuration } from '../format/duration.ts';
import { formatInt, plural } from '../format/numbers.ts';
import { toMs } from '../format/time.ts';
import { Unknown } from '../parts/Amount.tsx';
import { useNow } from '../parts/useNow.ts';
import { calledNothing } from '../runs/cells.ts';
import { RunCost, RunTokens } from '../runs/RunFigures.tsx';
import { timeSplit } from './timesplit.ts';

/** A run is over some time; until then its clock ticks. */
function useDuration(run: Run): number {
  const running = run.status === 'running';
  const now = useNow(1000, running);
  return running ? Math.max(run.durationMs, now - toMs(run.startedAt)) : run.durationMs;
}

const PARTS = [
  { key: 'models', label: 'models', hue: 'kind-llm' },
  { key: 'tools', label: 'tools, retrieval', hue: 'kind-tool' },
  { key: 'other', label: 'other', hue: 'kind-step' },
  { key: 'unaccounted', label: 'unaccounted', hue: 'hatch' },
] as const;

function WhereTimeWent({ tasks }: { tasks: readonly Task[] }) {
  const split = timeSplit(tasks);
  const parts = PARTS.map((part) => ({ ...part, ms: split[part.key] })).filter(({ ms }) => ms > 0);
  if (parts.length === 0) return null;
  return (
    <div className="time-split">
      <dt>Where the time went</dt>
      <dd>
        <div className="split-bar" aria-hidden="true">
          {parts.map(({ key, ms, hue }) => (
            <i key={key} className={hue} style={{ flexGrow: ms }} />
          ))}
        </div>
        <div className="split-key">
          {parts.map(({ key, label, ms, hue }) => (
            <span key={key}>
              <i className={`swatch small ${hue}`} />
              {label} <b>{formatDuration(ms)}</b>
            </span>
          ))}
          {split.idle > 0 && (
            <span>
              idle between turns <b>{formatDuration(split.idle)}</b>
            </span>
          )}
        </div>
      </dd>
    </div>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The figures of a run in one row, and where its time went. */
export function RunTotals({ run, tasks }: { run: Run; tasks: readonly Task[] | undefined }) {
  const duration = useDuration(run);
  const calls = run.llmCalls + run.embeddingCalls;
  return (
    <dl className="run-totals">
      <Fact label="Cost">
        <RunCost run={run} inWords />
      </Fact>
      {!calledNothing(run) && (
        <Fact label="Tokens">
          <RunTokens run={run} />
          {run.tokens.output !== null && <small> {formatInt(run.tokens.output)} out</small>}
        </Fact>
      )}
      <Fact label="Duration">
        {run.status === 'stalled' ? (
          <Unknown why="No end is known yet." />
        ) : (
          <span className={run.status === 'running' ? 'running-text' : undefined}>{formatDuration(duration)}</span>
        )}
      </Fact>
      <Fact label="Tasks">
        {formatInt(run.taskCount)} <small>{plural(calls, 'call')}</small>
      </Fact>
      {run.errorCount > 0 && (
        <Fact label="Failed tasks">
          <span className="bad">{formatInt(run.errorCount)}</span> <small>{run.status === 'completed' ? 'recovered' : ''}</small>
        </Fact>
      )}
      {tasks && tasks.length > 0 && <WhereTimeWent tasks={tasks} />}
    </dl>
  );
}
