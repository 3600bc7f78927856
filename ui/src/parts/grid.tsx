import { createElement, type HTMLAttributes, type ReactElement, type Ref } from 'react';

type PartProps = HTMLAttributes<HTMLElement> & { ref?: Ref<HTMLDivElement>; [data: `data-${string}`]: unknown };

/** An element that stands for a part of a table. */
const part =
  (tag: 'div' | 'span', role: string) =>
  (props: PartProps): ReactElement =>
    createElement(tag, { role, ...props });

/**
 * The parts of a table whose rows are placed one by one by a virtual list, which a table's own elements do not allow.
 * Readers hear a table all the same.
 */
export const Table = part('div', 'table');
export const TreeGrid = part('div', 'treegrid');
export const RowGroup = part('div', 'rowgroup');
export const Row = part('div', 'row');
export const ColumnHead = part('span', 'columnheader');
export const Cell = part('span', 'cell');
export const GridCell = part('span', 'gridcell');
/** What only places a row, and is not there for readers. */
export const Slot = part('div', 'presentation');
