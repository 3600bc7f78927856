import './waterfall.css';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { RowGroup, Slot, TreeGrid } from '../parts/grid.tsx';
import { usePhone } from '../parts/useWidth.ts';
import type { Fold, Tick } from './timescale.ts';
import type { Viewport } from './viewport.ts';
import { AxisHead, AxisLines } from './WaterfallAxis.tsx';

const ROW = 28;
const PHONE_ROW = 52;
const HEAD = 26;
/** The list takes the height of its rows up to this many; more of them scroll. */
const MOST_ROWS = 16;
/** Browsers cannot scroll much further than this many pixels. */
const LONGEST = 30_000_000;

interface WaterfallFrameProps {
  /** Rows there are. */
  count: number;
  /** The row that must be in sight once `selected` changes; -1 for none. */
  place: number;
  /** Names what is selected. */
  selected: string | undefined;
  ticks: readonly Tick[];
  folds: readonly Fold[];
  view: Viewport;
  onKeyDown: (event: KeyboardEvent) => void;
  /** Which rows are in the document: first and last. */
  onRows?: (first: number, last: number) => void;
  renderRow: (row: number) => ReactNode;
}

/** Rows of a tree over a time axis. Only those in sight are in the document. */
export function WaterfallFrame({ count, place, selected, ticks, folds, view, onKeyDown, onRows, renderRow }: WaterfallFrameProps) {
  const phone = usePhone();
  const rowHeight = phone ? PHONE_ROW : ROW;
  const head = phone ? 0 : HEAD;
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: Math.min(count, Math.floor(LONGEST / rowHeight)),
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollMargin: head,
    scrollPaddingStart: head,
  });
  const rows = virtual.getVirtualItems();
  const [first, last] = [rows[0]?.index ?? 0, rows.at(-1)?.index ?? 0];

  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are measured anew only when their height changes
  useEffect(() => virtual.measure(), [rowHeight]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another selection moves the list
  useEffect(() => {
    if (place < 0) return;
    virtual.scrollToIndex(place, { align: 'auto' });
    if (frame.current?.contains(document.activeElement)) {
      requestAnimationFrame(() => frame.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus({ preventScroll: true }));
    }
  }, [selected, place < 0]);
  useEffect(() => onRows?.(first, last), [onRows, first, last]);

  return (
    <TreeGrid className="waterfall" aria-label="Tasks" aria-rowcount={count} onKeyDown={onKeyDown}>
      <RowGroup className="waterfall-frame" ref={frame} style={{ maxHeight: head + rowHeight * MOST_ROWS }}>
        <AxisHead ticks={ticks} view={view} />
        <Slot className="waterfall-rows" style={{ height: virtual.getTotalSize() }}>
          <AxisLines ticks={ticks} folds={folds} view={view} />
          {rows.map(({ index, key, start, size }) => (
            <Slot key={key} className="waterfall-slot" style={{ transform: `translateY(${start - head}px)`, height: size }}>
              {renderRow(index)}
            </Slot>
          ))}
        </Slot>
      </RowGroup>
    </TreeGrid>
  );
}
