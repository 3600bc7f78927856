import { timeTooltip, toMs } from '../format/time.ts';

/** A time in UTC; hovering adds the reader's own. */
export function Time({ instant, format }: { instant: string; format: (ms: number) => string }) {
  const ms = toMs(instant);
  return (
    <time dateTime={instant} title={timeTooltip(ms)}>
      {format(ms)}
    </time>
  );
}
