import { type KeyboardEvent, useCallback, useEffect, useState } from 'react';
import type { Task } from '../../../query/contract/index.ts';
import { leafAt, nextToLookAt, ROOT, rowAt, rowOf, windowOf } from './grove.ts';
import { refText } from './task-ref.ts';
import type { Branches } from './useBranches.ts';

export interface BranchKeys {
  onKeyDown: (event: KeyboardEvent) => void;
  toggle: (ref: string) => void;
  step: (delta: 1 | -1) => void;
  nextFailure: () => void;
  /** A search for failures is under way. */
  seeking: boolean;
}

/** Walking the tree of a large run, and looking for what failed in it. A row that has not come is asked for, and selected when it is there. */
export function useBranchKeys(branches: Branches, onSelect: (task: Task) => void): BranchKeys {
  const { grove, layout, open, setOpen, place, fetchRow } = branches;
  const [target, setTarget] = useState<number | null>(null);
  const [seek, setSeek] = useState<number | null>(null);

  const goTo = useCallback(
    (row: number) => {
      if (row >= 0 && row < layout.count) setTarget(row);
    },
    [layout.count],
  );

  useEffect(() => {
    if (target === null) return;
    const leaf = leafAt(grove, layout, target);
    const where = rowAt(layout, target);
    if (leaf) {
      setTarget(null);
      onSelect(leaf.task);
    } else if (where) fetchRow(windowOf(where));
  }, [target, grove, layout, onSelect, fetchRow]);

  // Each step of the search waits for what it asked for: the effect runs again when that has come.
  useEffect(() => {
    if (seek === null) return;
    const found = nextToLookAt(grove, layout, open, seek);
    const leaf = found && leafAt(grove, layout, found.row);
    const where = found && rowAt(layout, found.row);
    if (!found || !where) return setSeek(null);
    if (!leaf) return fetchRow(windowOf(where));
    if (found.how === 'closed') return setOpen((now) => new Set([...now, refText(leaf.task)]));
    setSeek(null);
    onSelect(leaf.task);
  }, [seek, grove, layout, open, setOpen, onSelect, fetchRow]);

  const toggle = useCallback(
    (ref: string) =>
      setOpen((now) => {
        const next = new Set(now);
        if (!next.delete(ref)) next.add(ref);
        return next;
      }),
    [setOpen],
  );

  const here = leafAt(grove, layout, place);
  const ref = here && refText(here.task);
  const opens = (here?.place.children ?? 0) > 0;
  const isOpen = ref !== undefined && open.has(ref);
  const flip = () => ref !== undefined && toggle(ref);
  const actions: Readonly<Record<string, () => void>> = {
    ArrowUp: () => goTo(place - 1),
    ArrowDown: () => goTo(place + 1),
    ArrowLeft: () => (opens && isOpen ? flip() : here && here.parent !== ROOT && goTo(rowOf(grove, layout, here.parent))),
    ArrowRight: () => opens && (isOpen ? goTo(place + 1) : flip()),
    Home: () => goTo(0),
    End: () => goTo(layout.count - 1),
  };

  /** A search goes on behind the selected row, inside it where it is closed, or at the top again where nothing is left. */
  function nextFailure(): void {
    const from = here && here.place.failedBelow > 0 && !isOpen ? place : place + 1;
    setSeek(nextToLookAt(grove, layout, open, from) ? from : 0);
  }

  return {
    toggle,
    step: (delta) => goTo(place + delta),
    nextFailure,
    seeking: seek !== null,
    onKeyDown(event) {
      const action = actions[event.key];
      if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      action();
    },
  };
}
