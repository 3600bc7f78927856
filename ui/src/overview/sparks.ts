import type { Measure, Series } from '../../../query/contract/index.ts';
import type { TileKey } from './tiles.ts';

export type Values = readonly (number | null)[];

/** Which measures a tile's line is drawn from: one, or a part and a whole. */
export const SPARK: Record<TileKey, readonly [Measure] | readonly [Measure, Measure]> = {
  runs: ['runs'],
  cost: ['cost'],
  tokens: ['tokens'],
  errors: ['failedRuns', 'runs'],
  latency: ['latencyP95'],
  ttft: ['ttftP95'],
  cache: ['cacheReadTokens', 'inputTokens'],
  coverage: ['unpricedCalls', 'calls'],
};

/** Tiles that show the range before too. */
export const WITH_BEFORE: ReadonlySet<TileKey> = new Set(['runs', 'cost', 'tokens']);

export function valuesOf(series: Series): Values {
  return series.buckets.map(({ value }) => (value === null ? null : Number(value)));
}

/** A part of a whole, bucket by bucket; unknown where the whole is nothing. */
export function ratioOf(part: Values, whole: Values): Values {
  return whole.map((all, index) => (all ? (part[index] ?? 0) / all : null));
}

/** Coverage is drawn upwards: what is priced of all calls. */
export function sparkValues(key: TileKey, part: Values, whole: Values | undefined): Values {
  if (!whole) return part;
  const ratio = ratioOf(part, whole);
  return key === 'coverage' ? ratio.map((value) => (value === null ? null : 1 - value)) : ratio;
}

const WIDTH = 98;
const HEIGHT = 30;

/** Two paths on a canvas of 100 by 32 and the last known point; gaps stay gaps. */
export function sparkPath(values: Values, low: number, high: number): { path: string; end: readonly [number, number] | null } {
  const span = (high - low || 1) * 1.08;
  const flat = high === low;
  let path = '';
  let pen = 'M';
  let end: readonly [number, number] | null = null;
  values.forEach((value, index) => {
    if (value === null) {
      pen = 'M';
      return;
    }
    const x = values.length > 1 ? (index * WIDTH) / (values.length - 1) : WIDTH;
    const y = flat ? HEIGHT / 2 : HEIGHT - (HEIGHT * (value - low)) / span;
    path += `${pen}${x.toFixed(1)} ${y.toFixed(2)}`;
    pen = 'L';
    end = [x, y];
  });
  return { path, end };
}

export function bounds(lists: readonly Values[]): readonly [number, number] {
  const known = lists.flat().filter((value): value is number => value !== null);
  return known.length === 0 ? [0, 0] : [Math.min(...known), Math.max(...known)];
}
