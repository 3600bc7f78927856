import './rows.css';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, type MouseEvent, memo } from 'react';
import type { Run } from '../../../query/contract/index.ts';
import { failureQuery } from '../api/runs.ts';
import { formatDurationShort } from '../format/duration.ts';
import { formatWithin, plural } from '../format/numbers.ts';
import { timeTooltip, toMs } from '../format/time.ts';
import { Unknown } from '../parts/Amount.tsx';
import { Cell, Row } from '../parts/grid.tsx';
import { Icon } from '../parts/Icon.tsx';
import { StatusMark } from '../parts/marks.tsx';
import { StarButton } from '../parts/StarButton.tsx';
import { useNow } from '../parts/useNow.ts';
import { calledNothing, causeOf, costReason, modelsCell, startedCell } from './cells.ts';
import { RunCost, RunTokens } from './RunFigures.tsx';

function Duration({ run }: { run: Run }) {
  const running = run.status === 'running';
  const now = useNow(1000, running);
  const ms = running ? Math.max(run.durationMs, now - toMs(run.startedAt)) : run.durationMs;
  if (run.status === 'stalled') return <Unknown why="No end is known yet." quiet />;
  return <span className={running ? 'running-text' : undefined}>{formatDurationShort(ms)}</span>;
}

/** What the root of a failed run says went wrong. */
function useFailure(run: Run): string | undefined {
  return useQuery({ ...failureQuery(run.runId), enabled: run.status === 'failed' }).data;
}

interface RunRowProps {
  run: Run;
  now: number;
  withDay: boolean;
  /** Shown in the panel beside the list. */
  peeked: boolean;
  /** The one row Tab stops at. */
  current: boolean;
  onOpen: (run: Run, event: MouseEvent | KeyboardEvent) => void;
  onFocus: (runId: string) => void;
}

/** One line of the list, on a phone a card of three. The name is a real link over the whole row; the star lies above it. */
export const RunRow = memo(function RunRow({ run, now, withDay, peeked, current, onOpen, onFocus }: RunRowProps) {
  const { first, more } = modelsCell(run.models);
  const cause = causeOf(run, useFailure(run), now);
  const user = run.userId ?? '';
  const when = startedCell(run.startedAt, now, withDay);
  return (
    <Row className={`pick-row run-row${peeked ? ' on' : ''}`}>
      <Cell className="c-status">
        <StatusMark status={run.status} />
      </Cell>
      <Cell className={`c-star${run.starred ? ' starred' : ''}`}>
        <StarButton run={run} small tabbable={current} />
      </Cell>
      <Cell className="c-name">
        <Link
          to="/runs/$runId"
          params={{ runId: run.runId }}
          className="run-link ell"
          tabIndex={current ? 0 : -1}
          data-run={run.runId}
          onClick={(event) => onOpen(run, event)}
          onFocus={() => onFocus(run.runId)}
          preload={false}
        >
          {run.name}
        </Link>
        {cause && <span className="c-cause">{cause}</span>}
      </Cell>
      <Cell className="c-feature" title={run.sourceId ? `${run.feature} · ${run.sourceId}` : run.feature}>
        <span className="feature">
          <Icon name={run.feature} small />
          <span className="feature-word">{run.feature}</span>
        </span>
        <span className="on-card ell">
          {user && ` · ${user}`} · {when}
        </span>
      </Cell>
      <Cell className="c-user ell" title={user}>
        {user}
      </Cell>
      <Cell className="c-models ell" title={Object.keys(run.models).join(', ')}>
        {first}
        {more > 0 && <span className="muted"> +{more}</span>}
        <span className="on-card">
          {first && ' · '}
          {plural(run.taskCount, 'task')}
        </span>
      </Cell>
      <Cell className="c-tasks num">{formatWithin(run.taskCount, 9999)}</Cell>
      <Cell className="c-tokens num">
        <RunTokens run={run} format={(tokens) => formatWithin(tokens, 9_999_999)} quiet />
        {run.tokens.total !== null && <span className="on-card muted"> tok</span>}
      </Cell>
      <Cell className="c-cost num">
        <RunCost run={run} quiet />
      </Cell>
      <Cell className="c-duration num">
        <Duration run={run} />
      </Cell>
      <Cell className="c-started num muted" title={timeTooltip(toMs(run.startedAt))}>
        {when}
      </Cell>
      {run.cost === null && !calledNothing(run) && <span className="c-why">{costReason(run)}</span>}
    </Row>
  );
});
