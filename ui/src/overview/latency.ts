import type { Series } from '../../../query/contract/index.ts';
import { toMs } from '../format/time.ts';

export type Quantile = 'p50' | 'p95' | 'p99';

/** One hue in three strengths, the rarest dashed. */
export const QUANTILES: readonly { key: Quantile; measure: 'latencyP50' | 'latencyP95' | 'latencyP99'; colour: string; dash?: string }[] = [
  { key: 'p50', measure: 'latencyP50', colour: 'var(--q-50)' },
  { key: 'p95', measure: 'latencyP95', colour: 'var(--q-95)' },
  { key: 'p99', measure: 'latencyP99', colour: 'var(--q-99)', dash: '4 2' },
];

export type LatencyPoint = { start: number } & Record<Quantile, number | null>;

/** Three series as points of one chart. */
export function latencyPoints(series: Record<Quantile, Series>): LatencyPoint[] {
  const valueAt = (quantile: Quantile, index: number): number | null => {
    const value = series[quantile].buckets[index]?.value ?? null;
    return value === null ? null : Number(value);
  };
  return series.p50.buckets.map(({ start }, index) => ({
    start: toMs(start),
    p50: valueAt('p50', index),
    p95: valueAt('p95', index),
    p99: valueAt('p99', index),
  }));
}

export function lastKnown(points: readonly LatencyPoint[], quantile: Quantile): number | null {
  return points.findLast((point) => point[quantile] !== null)?.[quantile] ?? null;
}

/** A point without neighbours makes no line, so it is drawn as a dot. */
export function isAlone(points: readonly LatencyPoint[], quantile: Quantile, index: number): boolean {
  return (points[index]?.[quantile] ?? null) !== null && !points[index - 1]?.[quantile] && !points[index + 1]?.[quantile];
}
