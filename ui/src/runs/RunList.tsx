import { useVirtualizer, useWindowVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Run, RunSort } from '../../../query/contract/index.ts';
import { ColumnHead, Row, RowGroup, Slot, Table } from '../parts/grid.tsx';
import { Icon } from '../parts/Icon.tsx';
import { COLUMNS } from './cells.ts';

const ROW = 36;
const CARD = 86;
/** Rows before the end at which the next page is asked for. */
const AHEAD = 12;

interface RowsProps {
  rows: readonly Run[];
  /** The row that must be in view; none until somebody went to one. */
  inView: string | undefined;
  hasMore: boolean;
  loadMore: () => void;
  renderRow: (run: Run) => ReactNode;
}

/** Asks for the next page when the end comes near, and brings the row one went to into view. */
function useListMotion<T extends Element | Window>(virtual: Virtualizer<T, Element>, { rows, inView, hasMore, loadMore }: RowsProps): void {
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= rows.length - AHEAD) loadMore();
  }, [hasMore, last, rows.length, loadMore]);

  const place = inView === undefined ? -1 : rows.findIndex(({ runId }) => runId === inView);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only going to another row moves the list
  useEffect(() => {
    if (place >= 0) virtual.scrollToIndex(place, { align: 'auto' });
  }, [inView]);
}

function VirtualRows<T extends Element | Window>({
  virtual,
  offset,
  rows,
  renderRow,
}: { virtual: Virtualizer<T, Element>; offset: number } & Pick<RowsProps, 'rows' | 'renderRow'>) {
  return (
    <RowGroup className="run-rows" style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map((item) => {
        const run = rows[item.index];
        return run ? (
          <Slot
            key={run.runId}
            data-index={item.index}
            ref={virtual.measureElement}
            className="run-slot"
            style={{ transform: `translateY(${item.start - offset}px)` }}
          >
            {renderRow(run)}
          </Slot>
        ) : null;
      })}
    </RowGroup>
  );
}

/** On a screen the list scrolls inside its frame. */
export function FramedRows(props: RowsProps & { head: ReactNode; onKeyDown: (event: KeyboardEvent) => void }) {
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: props.rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    getItemKey: (index) => props.rows[index]?.runId ?? index,
    overscan: 8,
    scrollPaddingStart: 30,
  });
  useListMotion(virtual, props);
  return (
    <Table className="run-table" aria-label="Runs" aria-rowcount={-1} ref={frame} onKeyDown={props.onKeyDown}>
      {props.head}
      <VirtualRows virtual={virtual} offset={0} rows={props.rows} renderRow={props.renderRow} />
    </Table>
  );
}

/** On a phone the page itself scrolls, and rows are cards. */
export function PagedRows(props: RowsProps) {
  const list = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => setMargin(list.current?.offsetTop ?? 0), []);
  const virtual = useWindowVirtualizer({
    count: props.rows.length,
    estimateSize: () => CARD,
    getItemKey: (index) => props.rows[index]?.runId ?? index,
    overscan: 6,
    scrollMargin: margin,
  });
  useListMotion(virtual, props);
  return (
    <Table aria-label="Runs" aria-rowcount={-1} ref={list}>
      <VirtualRows virtual={virtual} offset={margin} rows={props.rows} renderRow={props.renderRow} />
    </Table>
  );
}

/** Heads are buttons where the list can be ordered by them. */
export function ListHead({ sort, onSort }: { sort: RunSort; onSort: (sort: RunSort) => void }) {
  return (
    <Row className="run-row head">
      <ColumnHead className="c-status">
        <span className="sr">Status</span>
      </ColumnHead>
      <ColumnHead className="c-star">
        <span className="sr">Star</span>
      </ColumnHead>
      <ColumnHead className="c-name">Name</ColumnHead>
      <ColumnHead className="c-feature">
        <span className="feature-word">Feature</span>
      </ColumnHead>
      {COLUMNS.map(({ key, label, numeric, sort: order }) => (
        <ColumnHead
          key={key}
          className={`c-${key}${numeric ? ' num' : ''}`}
          aria-sort={order === undefined ? undefined : order === sort ? 'descending' : 'none'}
        >
          {order === undefined ? (
            label
          ) : (
            <button
              type="button"
              className={order === sort ? 'sorted' : undefined}
              onClick={() => onSort(order)}
              title={`Order by ${label.toLowerCase()}, largest first`}
            >
              {label}
              {order === sort && <Icon name="down" small />}
            </button>
          )}
        </ColumnHead>
      ))}
    </Row>
  );
}
