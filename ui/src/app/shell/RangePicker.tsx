import { Popover } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { Icon } from '../../parts/Icon.tsx';
import { fromRange, PRESET_LABEL, PRESETS, type Range, rangeLabel, toRange } from '../../url/range.ts';

const RangeCalendar = lazy(() => import('./RangeCalendar.tsx'));

/** The range of every page. It lives in the address, so it stays when one moves about and comes along with a shared link. */
export function RangePicker() {
  const [open, setOpen] = useState(false);
  const range = toRange(useSearch({ strict: false }));
  const navigate = useNavigate();

  function choose(next: Range): void {
    setOpen(false);
    void navigate({ to: '.', search: (search) => ({ ...search, ...fromRange(next) }) });
  }

  return (
    <Popover opened={open} onChange={setOpen} trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className="btn range-button" aria-label={`Time range: ${rangeLabel(range)}`} onClick={() => setOpen(!open)}>
          <Icon name="calendar" small />
          {rangeLabel(range)}
          <Icon name="down" small />
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Time range">
        <div className="range-menu">
          <div className="range-presets">
            {PRESETS.map((preset) => (
              <button
                key={preset}
                type="button"
                aria-pressed={range.kind === 'preset' && range.preset === preset}
                onClick={() => choose({ kind: 'preset', preset })}
              >
                {PRESET_LABEL[preset]}
              </button>
            ))}
          </div>
          <div className="range-custom">
            <Suspense fallback={null}>
              <RangeCalendar range={range} onChoose={choose} />
            </Suspense>
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
