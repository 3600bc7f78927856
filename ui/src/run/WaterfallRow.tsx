import { memo } from 'react';
import type { Task } from '../../../query/contract/index.ts';
import { formatDuration } from '../format/duration.ts';
import { shortModel } from '../format/ids.ts';
import { formatInt } from '../format/numbers.ts';
import { Amount, Unknown } from '../parts/Amount.tsx';
import { GridCell, Row } from '../parts/grid.tsx';
import { Icon } from '../parts/Icon.tsx';
import { KindMark } from '../parts/marks.tsx';
import { NOT_COUNTED } from './receipts.ts';
import { intervalOf, type Timescale } from './timescale.ts';
import type { TreeRow } from './tree.ts';
import { inView, type Viewport } from './viewport.ts';

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

/** The bar in its lane: where the task lay in the run, and of a model call when the first token came. */
function Lane({ task, scale, view }: { task: Task; scale: Timescale; view: Viewport }) {
  const { start, end } = intervalOf(task);
  const left = inView(view, scale.place(start));
  const right = inView(view, scale.place(end));
  if (right < 0 || left > 1) return <span className="lane" />;
  const waited = task.ttftMs !== null && task.durationMs > 0 ? Math.min(1, task.ttftMs / task.durationMs) : null;
  const classes = [
    'bar',
    `kind-${task.kind}`,
    waited !== null && 'waits',
    task.status === 'failed' && 'failed',
    task.status === 'running' && 'running',
  ];
  return (
    <span className="lane">
      <span
        className={classes.filter(Boolean).join(' ')}
        style={{ left: percent(left), width: percent(right - left) }}
        title={`${task.name} ${formatDuration(task.durationMs)}`}
      >
        {waited !== null && task.kind === 'llm' && (
          <>
            <span className="generated" style={{ width: percent(1 - waited) }} />
            <span
              className="first-token"
              style={{ left: percent(waited) }}
              title={`first token after ${formatDuration(task.ttftMs ?? 0)}`}
            />
          </>
        )}
      </span>
    </span>
  );
}

function Tokens({ task }: { task: Task }) {
  const { total } = task.tokens;
  if (task.counted) return total === null ? <Unknown why="This call did not report its tokens." quiet /> : formatInt(total);
  if (total === null) return null;
  return (
    <span className="muted" title={NOT_COUNTED[task.notCountedBecause ?? 'not_a_model_call']}>
      Σ {formatInt(total)}
    </span>
  );
}

function Cost({ task }: { task: Task }) {
  if (task.counted) return <Amount amount={task.cost} why="No amount is known for this call. Its receipt says why." quiet />;
  if (task.tokens.total === null && task.cost === null) return null;
  return (
    <span className="muted" title={NOT_COUNTED[task.notCountedBecause ?? 'not_a_model_call']}>
      not counted
    </span>
  );
}

/** What a closed row hides. */
function Below({ tasks, failed }: { tasks: number; failed: number }) {
  return (
    <span className="task-below">
      {formatInt(tasks)} below{failed > 0 && <span className="bad">, {formatInt(failed)} failed</span>}
    </span>
  );
}

/** The name people know a task by: a model call by its model. */
export function taskLabel({ kind, model, requestModel, name }: Task): string {
  return kind === 'llm' || kind === 'embedding' ? shortModel(model ?? requestModel ?? name) : name;
}

interface WaterfallRowProps {
  row: TreeRow;
  scale: Timescale;
  view: Viewport;
  selected: boolean;
  folded: boolean;
  onSelect: (task: Task) => void;
  onFold: (row: TreeRow) => void;
}

export const WaterfallRow = memo(function WaterfallRow({ row, scale, view, selected, folded, onSelect, onFold }: WaterfallRowProps) {
  const { task, depth, hasChildren } = row;
  return (
    <Row
      className={`pick-row waterfall-row${selected ? ' on' : ''}`}
      aria-level={depth + 1}
      aria-selected={selected}
      aria-expanded={hasChildren ? !folded : undefined}
      tabIndex={selected ? 0 : -1}
      data-task={task.taskId}
      onClick={() => onSelect(task)}
    >
      <GridCell className="task-name" style={{ paddingLeft: Math.min(depth, 10) * 16 }}>
        {hasChildren ? (
          <button
            type="button"
            className={`fold${folded ? ' folded' : ''}`}
            tabIndex={-1}
            aria-label={folded ? `Unfold ${task.name}` : `Fold ${task.name}`}
            onClick={(event) => {
              event.stopPropagation();
              onFold(row);
            }}
          >
            <Icon name="down" />
          </button>
        ) : (
          <i className="fold" />
        )}
        <KindMark kind={task.kind} small />
        <span className="ell" title={task.model ? `${task.name}\n${task.model}` : task.name}>
          {taskLabel(task)}
        </span>
        {task.status === 'failed' && <span className="task-error">{task.error?.type ?? 'failed'}</span>}
        {task.status === 'cancelled' && <span className="muted">cancelled</span>}
        {folded && row.below && <Below {...row.below} />}
        {row.isRetry && task.status !== 'failed' && <span className="muted">retry</span>}
      </GridCell>
      <GridCell className="num task-tokens">
        <Tokens task={task} />
      </GridCell>
      <GridCell className="num task-cost">
        <Cost task={task} />
      </GridCell>
      <GridCell className="lane-cell">
        <Lane task={task} scale={scale} view={view} />
      </GridCell>
      <GridCell className="task-time">
        {task.status === 'running' ? <span className="running-text">running</span> : formatDuration(task.durationMs)}
      </GridCell>
    </Row>
  );
});
