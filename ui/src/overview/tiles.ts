import type { Summary, Totals } from '../../../query/contract/index.ts';
import { durationFigure, formatDuration } from '../format/duration.ts';
import { formatMoney, toDollars } from '../format/money.ts';
import { compactFigure, type Figure, formatChange, formatCompact, formatInt, formatPercent, plural } from '../format/numbers.ts';
import { NOT_WHOLLY_KNOWN } from '../runs/views.ts';
import type { RunsSearch } from '../url/runs-search.ts';

export type TileKey = 'runs' | 'cost' | 'tokens' | 'errors' | 'latency' | 'ttft' | 'cache' | 'coverage';
export type Tone = 'good' | 'bad' | 'plain';

export interface Tile {
  key: TileKey;
  label: string;
  /** null = unknown, or nothing to know where `none`. */
  figure: Figure | null;
  /** No model was called, so there is nothing this could be a figure of. */
  none: boolean;
  /** The change against the range before; null where there is nothing to compare with. */
  change: { text: string; tone: Tone } | null;
  /** Stands in place of "vs the 24 h before". */
  note: string | null;
  title: string;
  /** Where a click leads: the runs behind the figure. */
  search: RunsSearch;
}

/** Below this share a change of something where one direction is better is no news. */
const NOTABLE = 0.02;

/** Figures of model calls. */
const OF_CALLS: ReadonlySet<TileKey> = new Set(['cost', 'tokens', 'ttft', 'cache', 'coverage']);

/** The eight key figures of a range, each with the change against the range before. */
export function tilesOf(summary: Summary): Tile[] {
  return figuresOf(summary).map((tile) => {
    const none = summary.calls === 0 && tile.figure === null && OF_CALLS.has(tile.key);
    return none ? { ...tile, none, change: null, note: 'no model calls' } : { ...tile, none };
  });
}

function figuresOf(summary: Summary): Omit<Tile, 'none'>[] {
  const { previous } = summary;
  const missing = summary.unpricedCalls + summary.usageUnknownCalls;
  return [
    {
      key: 'runs',
      label: 'Runs',
      figure: { value: formatInt(summary.runs), unit: '' },
      change: relative(summary.runs, previous.runs),
      note: null,
      title: 'Runs that started in the range',
      search: {},
    },
    {
      key: 'cost',
      label: 'Cost',
      figure: summary.cost === null ? null : { value: formatMoney(summary.cost), unit: missing > 0 ? '+' : '' },
      change: relative(toDollars(summary.cost), toDollars(previous.cost)),
      note: summary.cost === null ? unpricedNote(summary) : null,
      title: missing > 0 ? `Sum of all booked entries, and ${plural(missing, 'call')} without an amount` : 'Sum of all booked entries',
      search: { sort: '-cost' },
    },
    {
      key: 'tokens',
      label: 'Tokens',
      figure: summary.tokens.total === null ? null : compactFigure(summary.tokens.total),
      change: relative(summary.tokens.total ?? 0, previous.tokens.total ?? 0),
      note: null,
      title: `Input ${inShort(summary.tokens.input)}, output ${inShort(summary.tokens.output)}`,
      search: { sort: '-tokens' },
    },
    {
      key: 'errors',
      label: 'Error rate',
      figure: percentFigure(ratio(summary.failedRuns, summary.runs), 2),
      change: points(ratio(summary.failedRuns, summary.runs), ratio(previous.failedRuns, previous.runs), 'down'),
      note: null,
      title: `${formatInt(summary.failedRuns)} of ${plural(summary.runs, 'run')} failed`,
      search: { status: ['failed'] },
    },
    {
      key: 'latency',
      label: 'Latency',
      ...durationTile(summary.latencyMs.p95, previous.latencyMs.p95),
      title: 'Run duration, 95th percentile',
      search: { sort: '-durationMs' },
    },
    {
      key: 'ttft',
      label: 'Time to first token',
      ...durationTile(summary.ttftMs.p95, previous.ttftMs.p95),
      title: 'Model calls that say when the first token came, 95th percentile',
      search: { sort: '-durationMs' },
    },
    {
      key: 'cache',
      label: 'Cache hit rate',
      figure: percentFigure(cacheRate(summary), 1),
      change: points(cacheRate(summary), cacheRate(previous), 'up'),
      note: null,
      title: 'Cached input tokens of all input tokens',
      search: { sort: '-tokens' },
    },
    {
      key: 'coverage',
      label: 'Priced coverage',
      figure: percentFigure(ratio(priced(summary), summary.calls), 2),
      change: null,
      note: unpricedNote(summary),
      title: 'Counted calls whose cost is known',
      search: summary.unpricedCalls + summary.usageUnknownCalls > 0 ? { cost: NOT_WHOLLY_KNOWN } : {},
    },
  ];
}

const inShort = (count: number | null): string => (count === null ? 'unknown' : formatCompact(count));
const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
const priced = ({ calls, unpricedCalls, usageUnknownCalls }: Totals): number => calls - unpricedCalls - usageUnknownCalls;

function cacheRate({ tokens }: Totals): number | null {
  return tokens.cacheRead === null || tokens.input === null ? null : ratio(tokens.cacheRead, tokens.input);
}

function unpricedNote({ calls, unpricedCalls, usageUnknownCalls }: Totals): string {
  const parts = [
    unpricedCalls > 0 && `${formatInt(unpricedCalls)} unpriced`,
    usageUnknownCalls > 0 && `${formatInt(usageUnknownCalls)} no usage`,
  ];
  return parts.filter(Boolean).join(', ') || `all ${plural(calls, 'call')}`;
}

function percentFigure(value: number | null, digits: number): Figure | null {
  return value === null ? null : { value: formatPercent(value, digits), unit: '' };
}

/** A change of volume has no better direction. */
function relative(now: number, then: number): Tile['change'] {
  if (then === 0) return null;
  const percent = ((now - then) / then) * 100;
  return { text: formatChange(percent, '%', Math.abs(percent) >= 100 ? 0 : 1), tone: 'plain' };
}

function points(now: number | null, then: number | null, better: 'up' | 'down'): Tile['change'] {
  if (now === null || then === null) return null;
  const change = now - then;
  return { text: formatChange(change * 100, ' pt', Math.abs(change) >= 0.1 ? 1 : 2), tone: toneOf(change, then, better) };
}

function durationTile(now: number | null, then: number | null): Pick<Tile, 'figure' | 'change' | 'note'> {
  if (now === null) return { figure: null, change: null, note: 'not reported' };
  const { value, unit } = durationFigure(now);
  const figure = { value, unit: `${unit} p95`.trim() };
  if (then === null) return { figure, change: null, note: null };
  const change = now - then;
  const text =
    Math.abs(change) < 1000 ? `${change < 0 ? '−' : '+'}${formatDuration(Math.abs(change))}` : formatChange(change / 1000, ' s', 2);
  return { figure, change: { text, tone: toneOf(change, then, 'down') }, note: null };
}

function toneOf(change: number, then: number, better: 'up' | 'down'): Tone {
  if (Math.abs(change) < NOTABLE * Math.abs(then) || change === 0) return 'plain';
  return change > 0 === (better === 'up') ? 'good' : 'bad';
}
