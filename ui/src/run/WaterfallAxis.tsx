import { formatDuration } from '../format/duration.ts';
import { dayClock } from '../format/time.ts';
import { ColumnHead, Row } from '../parts/grid.tsx';
import type { Fold, Tick } from './timescale.ts';
import { inView, type Viewport } from './viewport.ts';

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

/** `2 s`, `1.5 s`: an elapsed time without zeros that say nothing. */
function elapsedLabel(ms: number): string {
  return ms === 0 ? '0 s' : formatDuration(ms).replace(/\.?0+(?= s$)/, '');
}

interface AxisProps {
  ticks: readonly Tick[];
  folds: readonly Fold[];
  view: Viewport;
}

const seen = (view: Viewport) => (tick: Tick) => {
  const at = inView(view, tick.at);
  return at >= -0.001 && at <= 0.97;
};

export function AxisHead({ ticks, view }: Pick<AxisProps, 'ticks' | 'view'>) {
  return (
    <Row className="waterfall-row head">
      <ColumnHead>Task</ColumnHead>
      <ColumnHead className="num task-tokens">Tokens</ColumnHead>
      <ColumnHead className="num task-cost">Cost</ColumnHead>
      <ColumnHead className="lane-cell" aria-label="Timeline">
        <span className="lane">
          {ticks.filter(seen(view)).map(({ at, ms, elapsed }) => (
            <span key={ms} className={elapsed === null || at === 0 ? 'from-left' : undefined} style={{ left: percent(inView(view, at)) }}>
              {elapsed === null ? dayClock(ms) : elapsedLabel(elapsed)}
            </span>
          ))}
        </span>
      </ColumnHead>
      <ColumnHead className="task-time">Time</ColumnHead>
    </Row>
  );
}

/** The lines behind all lanes, and the folds in which nothing happened. */
export function AxisLines({ ticks, folds, view }: AxisProps) {
  return (
    <div className="axis-lines" aria-hidden="true">
      {ticks.filter(seen(view)).map(({ at, ms }) => (
        <i key={ms} style={{ left: percent(inView(view, at)) }} />
      ))}
      {folds.map(({ from, to, ms }) => {
        const left = inView(view, from);
        const right = inView(view, to);
        if (right < 0 || left > 1) return null;
        return (
          <b
            key={from}
            style={{ left: percent(Math.max(0, left)), width: percent(Math.min(1, right) - Math.max(0, left)) }}
            title={`${formatDuration(ms)} without a task`}
          />
        );
      })}
    </div>
  );
}
