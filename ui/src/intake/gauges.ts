import type { Gauges } from '../api/intake.ts';
import { formatDuration } from '../format/duration.ts';
import { formatBytes, formatInt } from '../format/numbers.ts';

interface Known {
  /** As the server names it. */
  name: string;
  label: string;
  format: (value: number) => string;
  title: string;
  /** A figure that must be zero. */
  mustBeNone?: true;
  /** Says nothing as long as this other figure is zero. */
  after?: string;
  /** Zero until something happened for the first time since the start: nothing to tell. */
  zeroIsNever?: true;
}

/** Figures of the server that this page has words for. What a server does not say is left out. */
const KNOWN: readonly Known[] = [
  {
    name: 'airuns_journal_batches_queued',
    label: 'Batches waiting',
    format: formatInt,
    title: 'Batches in the journal that the store does not have yet',
  },
  { name: 'airuns_journal_bytes_queued', label: 'Bytes waiting', format: formatBytes, title: 'The size of these batches' },
  {
    name: 'airuns_load_seconds',
    label: 'Last insert',
    format: (seconds) => formatDuration(seconds * 1000),
    title: 'How long the store took for the last batch',
    zeroIsNever: true,
  },
  {
    name: 'airuns_set_aside_spans',
    label: 'Spans set aside',
    format: formatInt,
    title:
      'Acknowledged spans that the store takes in no way. They are kept in the folder refused beside the journal, each with the reason',
    mustBeNone: true,
  },
  {
    name: 'airuns_scrub_checked_total',
    label: 'Totals recounted',
    format: formatInt,
    title: 'Totals that were recounted from single tasks in the background, since the start of the server',
  },
  {
    name: 'airuns_scrub_mismatch_total',
    after: 'airuns_scrub_checked_total',
    label: 'Found wrong',
    format: formatInt,
    title: 'Recounted totals that were not what the tasks add up to. airuns verify --repair puts them right',
    mustBeNone: true,
  },
];

export interface GaugeFact {
  name: string;
  label: string;
  text: string;
  title: string;
  bad: boolean;
}

export function factsOf(gauges: Gauges): GaugeFact[] {
  return KNOWN.flatMap(({ name, label, format, title, mustBeNone, after, zeroIsNever }) => {
    const value = gauges.get(name);
    if (after !== undefined && !gauges.get(after)) return [];
    return value === undefined || (zeroIsNever && value === 0)
      ? []
      : [{ name, label, text: format(value), title, bad: mustBeNone === true && value > 0 }];
  });
}

/** Whether something acknowledged is not in the store yet. */
export const waiting = (gauges: Gauges): boolean => (gauges.get('airuns_journal_batches_queued') ?? 0) > 0;
