import './strip.css';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { seriesQuery } from '../api/analytics.ts';
import type { Scope } from '../api/params.ts';
import { bucketLabel, dayClock, intervalName } from '../format/time.ts';
import { PanelFailed } from '../parts/Panel.tsx';
import { fromRange, intervalFor } from '../url/range.ts';
import { bucketWords, STRIP, type StripBucket, selectedRange, stripBars, stripBuckets, stripTicks } from './strip.ts';
import { useBrush } from './useBrush.ts';
import { useRunsSearch } from './useRunsSearch.ts';

const BUCKETS = 96;

function Bars({ buckets }: { buckets: StripBucket[] }) {
  const bars = useMemo(() => stripBars(buckets), [buckets]);
  return (
    <svg viewBox={`0 0 ${STRIP.width} ${STRIP.height}`} preserveAspectRatio="none" aria-hidden="true">
      {bars.map(({ start, x, width, runs, failed, cost }) => (
        <g key={start}>
          <rect x={x} y={STRIP.base - runs} width={width} height={runs} fill="var(--q-50)" />
          <rect x={x} y={STRIP.base - failed} width={width} height={failed} fill="var(--status-failed)" />
          <rect x={x} y={STRIP.base + 1} width={width} height={cost} fill="var(--series-2)" />
        </g>
      ))}
      <rect x="0" y={STRIP.base} width={STRIP.width} height="1" fill="var(--line-strong)" />
    </svg>
  );
}

function StripPlot({ buckets, interval }: { buckets: StripBucket[]; interval: number }) {
  const { change } = useRunsSearch();
  const { at, selection, handlers } = useBrush(buckets.length, (chosen) =>
    change(fromRange({ kind: 'fixed', ...selectedRange(chosen, buckets, interval) })),
  );
  const pointed = at === null ? undefined : buckets[at];
  const share = (index: number) => `${(100 * index) / buckets.length}%`;
  const first = selection && Math.min(selection.anchor, selection.head);
  const [start, ...rest] = stripTicks(buckets);

  return (
    <>
      <div className="strip-key">
        <span>
          <i style={{ background: 'var(--q-50)' }} />
          runs
        </span>
        <span>
          <i style={{ background: 'var(--status-failed)' }} />
          failed
        </span>
        <span>
          <i style={{ background: 'var(--series-2)' }} />
          cost, below
        </span>
        <span className="no-phone strip-words" aria-live="polite">
          {pointed ? bucketWords(pointed) : `√ height · ${intervalName(interval)} · drag to narrow`}
        </span>
      </div>
      <div
        className="strip-plot"
        role="slider"
        tabIndex={0}
        aria-label="Runs, failures and cost over time. Shift and arrows select, Enter narrows the range."
        aria-valuemin={0}
        aria-valuemax={buckets.length - 1}
        aria-valuenow={at ?? buckets.length - 1}
        aria-valuetext={pointed ? bucketWords(pointed) : 'nothing pointed at'}
        {...handlers}
      >
        <Bars buckets={buckets} />
        {at !== null && !selection && <span className="strip-cursor" style={{ left: share(at), width: share(1) }} />}
        {selection && first !== null && (
          <span className="strip-brush" style={{ left: share(first), width: share(Math.abs(selection.head - selection.anchor) + 1) }} />
        )}
      </div>
      <div className="strip-axis">
        {start !== undefined && <span>{interval >= 86_400 ? bucketLabel(start, interval) : dayClock(start)}</span>}
        {rest.map((tick) => (
          <span key={tick}>{bucketLabel(tick, interval)}</span>
        ))}
      </div>
    </>
  );
}

/** Where the outliers are: runs up, the failed ones inside them, cost down. Narrows the time range of the page. */
export function Strip({ scope }: { scope: Scope }) {
  const interval = intervalFor(scope.range, BUCKETS);
  const [runs, failed, cost] = useQueries({
    queries: (['runs', 'failedRuns', 'cost'] as const).map((measure) => seriesQuery(scope, measure, 'none', BUCKETS)),
  });
  const broken = [runs, failed, cost].find((query) => query?.isError && !query.data);
  if (broken) {
    return (
      <div className="strip">
        <PanelFailed what="The strip" error={broken.error} onRetry={() => broken.refetch()} />
      </div>
    );
  }
  if (!runs?.data || !failed?.data || !cost?.data) return <div className="strip strip-empty" aria-busy="true" />;
  return (
    <div className={`strip${runs.isPlaceholderData ? ' stale' : ''}`}>
      <StripPlot buckets={stripBuckets(runs.data, failed.data, cost.data)} interval={interval} />
    </div>
  );
}
