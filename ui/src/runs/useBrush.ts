import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { bucketAt, type Selection } from './strip.ts';

interface Brush {
  /** The bucket under the pointer or the keyboard. */
  at: number | null;
  selection: Selection | null;
  handlers: {
    onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    onPointerUp: (event: PointerEvent<HTMLElement>) => void;
    onPointerLeave: () => void;
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
    onBlur: () => void;
  };
}

const STEP: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageUp: -8,
  PageDown: 8,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

function placeOf(event: PointerEvent<HTMLElement>, count: number): number {
  const box = event.currentTarget.getBoundingClientRect();
  return bucketAt((event.clientX - box.left) / box.width, count);
}

/** Drag to select buckets, or arrows with Shift; letting go or Enter hands the selection on. */
export function useBrush(count: number, onSelect: (selection: Selection) => void): Brush {
  const [at, setAt] = useState<number | null>(null);
  const [selection, setSelection] = useState<Selection | null>(null);

  function finish(): void {
    if (selection) onSelect(selection);
    setSelection(null);
  }

  function step(event: KeyboardEvent<HTMLElement>, delta: number): void {
    event.preventDefault();
    const from = at ?? count - 1;
    const to = Math.min(count - 1, Math.max(0, from + delta));
    setAt(to);
    setSelection(event.shiftKey ? { anchor: selection?.anchor ?? from, head: to } : null);
  }

  return {
    at,
    selection,
    handlers: {
      onPointerDown(event) {
        if (event.button !== 0 || event.pointerType === 'touch') return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const place = placeOf(event, count);
        setSelection({ anchor: place, head: place });
      },
      onPointerMove(event) {
        const place = placeOf(event, count);
        setAt(place);
        if (selection && event.buttons > 0) setSelection({ ...selection, head: place });
      },
      onPointerUp() {
        if (selection && selection.anchor !== selection.head) finish();
        else setSelection(null);
      },
      onPointerLeave: () => setAt(null),
      onKeyDown(event) {
        const delta = STEP[event.key];
        if (delta !== undefined) step(event, delta);
        else if (event.key === 'Enter' && at !== null) {
          onSelect(selection ?? { anchor: at, head: at });
          setSelection(null);
        } else if (event.key === 'Escape' && selection) {
          event.stopPropagation();
          setSelection(null);
        }
      },
      onBlur() {
        setAt(null);
        setSelection(null);
      },
    },
  };
}
