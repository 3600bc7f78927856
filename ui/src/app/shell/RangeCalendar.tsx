import '@mantine/dates/styles.layer.css';
import { DatePicker } from '@mantine/dates';
import { useState } from 'react';
import type { Range } from '../../url/range.ts';

const DAY = 86_400_000;
const isoDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

type Days = [string | null, string | null];

function daysOf(range: Range): Days {
  return range.kind === 'fixed' ? [isoDay(range.from), isoDay(range.to - 1)] : [null, null];
}

/** Whole days in UTC, first and last one included. */
export default function RangeCalendar({ range, onChoose }: { range: Range; onChoose: (range: Range) => void }) {
  const [days, setDays] = useState<Days>(() => daysOf(range));

  function pick([first, last]: Days): void {
    setDays([first, last]);
    if (first && last) onChoose({ kind: 'fixed', from: Date.parse(first), to: Date.parse(last) + DAY });
  }

  return (
    <>
      <DatePicker
        type="range"
        allowSingleDateInRange
        size="xs"
        value={days}
        onChange={pick}
        maxDate={isoDay(Date.now())}
        firstDayOfWeek={1}
      />
      <p className="quiet">Days in UTC, both included</p>
    </>
  );
}
