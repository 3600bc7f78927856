import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { seriesQuery } from '../api/analytics.ts';
import type { Scope } from '../api/params.ts';
import { bucketTitle } from '../charts/axis.ts';
import { ChartSpace } from '../charts/ChartSpace.tsx';
import { formatDuration } from '../format/duration.ts';
import { intervalName } from '../format/time.ts';
import { PanelFailed } from '../parts/Panel.tsx';
import { intervalFor } from '../url/range.ts';
import { type LatencyPoint, lastKnown, latencyPoints, QUANTILES } from './latency.ts';

const LatencyChart = lazy(() => import('./LatencyChart.tsx'));

/** As many as the sparklines ask for, so that p95 is asked for once. */
const POINTS = 31;

function PointsTable({ points, interval }: { points: LatencyPoint[]; interval: number }) {
  const cell = (value: number | null) => (value === null ? 'no runs' : formatDuration(value));
  return (
    <div className="sr">
      <table>
        <caption>Run duration over time</caption>
        <tbody>
          {points.map((point) => (
            <tr key={point.start}>
              <th scope="row">{bucketTitle(point.start, interval)}</th>
              {QUANTILES.map(({ key }) => (
                <td key={key}>{`${key} ${cell(point[key])}`}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LatencyBody({ scope, interval }: { scope: Scope; interval: number }) {
  const [p50, p95, p99] = useQueries({ queries: QUANTILES.map(({ measure }) => seriesQuery(scope, measure, 'none', POINTS)) });
  const failed = [p50, p95, p99].find((query) => query?.isError && !query.data);
  if (failed) return <PanelFailed what="The chart" error={failed.error} onRetry={() => failed.refetch()} />;
  if (!p50?.data || !p95?.data || !p99?.data) return <ChartSpace />;
  const points = latencyPoints({ p50: p50.data, p95: p95.data, p99: p99.data });
  if (lastKnown(points, 'p50') === null) return <p className="quiet">No run ended in this range.</p>;
  return (
    <div className={p50.isPlaceholderData ? 'stale' : undefined}>
      <Suspense fallback={<ChartSpace />}>
        <LatencyChart points={points} interval={interval} />
      </Suspense>
      <PointsTable points={points} interval={interval} />
    </div>
  );
}

/** How long runs take: the middle, the slow and the slowest. */
export function LatencyPanel({ scope }: { scope: Scope }) {
  const interval = intervalFor(scope.range, POINTS);
  return (
    <section className="sec">
      <div className="sec-head">
        <h2>Latency</h2>
        <span className="sub">run duration, {intervalName(interval)}</span>
        <span className="grow" />
        <Link className="link" to="/runs" search={(search) => ({ ...search, sort: '-durationMs' as const })}>
          View slowest runs
        </Link>
      </div>
      <LatencyBody scope={scope} interval={interval} />
    </section>
  );
}
