import './waterfall.css';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import type { Task } from '../../../query/contract/index.ts';
import { RowGroup, Slot, TreeGrid } from '../parts/grid.tsx';
import { Icon } from '../parts/Icon.tsx';
import { usePhone } from '../parts/useWidth.ts';
import { Minimap } from './Minimap.tsx';
import { MinimapBrush } from './MinimapBrush.tsx';
import { ticksOf } from './timescale.ts';
import { useWaterfall } from './useWaterfall.ts';
import { isWhole, WHOLE } from './viewport.ts';
import { AxisHead, AxisLines } from './WaterfallAxis.tsx';
import { WaterfallRow } from './WaterfallRow.tsx';

const ROW = 28;
const PHONE_ROW = 52;
const HEAD = 26;
/** The list takes the height of its rows up to this many; more of them scroll. */
const MOST_ROWS = 16;

interface WaterfallProps {
  tasks: readonly Task[];
  selected: Task | undefined;
  onSelect: (task: Task) => void;
}

/** The tasks of a run as a tree, each with its bar. Only the rows in sight are in the document. */
export function Waterfall({ tasks, selected, onSelect }: WaterfallProps) {
  const state = useWaterfall(tasks, selected, onSelect);
  const { rows, scale, view, place } = state;
  const phone = usePhone();
  const rowHeight = phone ? PHONE_ROW : ROW;
  const head = phone ? 0 : HEAD;
  const frame = useRef<HTMLDivElement>(null);
  const ticks = useMemo(() => ticksOf(scale), [scale]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollMargin: head,
    scrollPaddingStart: head,
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are measured anew only when their height changes
  useEffect(() => virtual.measure(), [rowHeight]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another selection moves the list
  useEffect(() => {
    if (place < 0) return;
    virtual.scrollToIndex(place, { align: 'auto' });
    if (frame.current?.contains(document.activeElement)) {
      requestAnimationFrame(() => frame.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus({ preventScroll: true }));
    }
  }, [selected?.taskId, selected?.traceId]);

  return (
    <>
      <div className="waterfall-bar">
        {state.foldAll && (
          <button type="button" className="btn small" onClick={() => state.foldAll?.(state.folded.size === 0)}>
            {state.folded.size === 0 ? 'Fold' : 'Unfold all'}
          </button>
        )}
        {!isWhole(view) && (
          <button type="button" className="btn small" onClick={() => state.setView(WHOLE)}>
            Whole run
          </button>
        )}
        <span className="grow" />
        {state.nextFailure && (
          <button type="button" className="btn small" onClick={state.nextFailure}>
            <span className="status status-failed">
              <Icon name="failed" small />
            </span>
            Next failure
          </button>
        )}
      </div>
      <div className="minimap-frame">
        <Minimap tasks={tasks} scale={scale} height={40}>
          <MinimapBrush view={view} onView={state.setView} />
        </Minimap>
      </div>
      <TreeGrid className="waterfall" aria-label="Tasks" aria-rowcount={rows.length} onKeyDown={state.onKeyDown}>
        <RowGroup className="waterfall-frame" ref={frame} style={{ maxHeight: head + rowHeight * MOST_ROWS }}>
          <AxisHead ticks={ticks} view={view} />
          <Slot className="waterfall-rows" style={{ height: virtual.getTotalSize() }}>
            <AxisLines ticks={ticks} folds={scale.folds} view={view} />
            {virtual.getVirtualItems().map(({ index, start, size }) => {
              const row = rows[index];
              return row ? (
                <Slot
                  key={`${row.task.traceId}/${row.task.taskId}`}
                  className="waterfall-slot"
                  style={{ transform: `translateY(${start - head}px)`, height: size }}
                >
                  <WaterfallRow
                    row={row}
                    scale={scale}
                    view={view}
                    selected={index === place}
                    folded={state.folded.has(row.task.taskId)}
                    onSelect={onSelect}
                    onFold={state.toggle}
                  />
                </Slot>
              ) : null;
            })}
          </Slot>
        </RowGroup>
      </TreeGrid>
    </>
  );
}
