import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { isWhole, spanned, type Viewport, WHOLE, withEnd } from './viewport.ts';

const NUDGE = 0.02;

interface BrushProps {
  view: Viewport;
  onView: (view: Viewport) => void;
}

function Handle({ view, onView, end, label }: BrushProps & { end: 'from' | 'to'; label: string }) {
  function nudge(event: KeyboardEvent): void {
    const delta = event.key === 'ArrowLeft' ? -NUDGE : event.key === 'ArrowRight' ? NUDGE : 0;
    if (delta === 0) return;
    event.preventDefault();
    event.stopPropagation();
    onView(withEnd(view, end, view[end] + delta));
  }
  return (
    <button
      type="button"
      role="slider"
      className={`minimap-handle ${end}`}
      data-end={end}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(view[end] * 100)}
      onKeyDown={nudge}
    />
  );
}

/** Drag to look closer, pull an end, double-click to see the whole run again. */
export function MinimapBrush({ view, onView }: BrushProps) {
  const surface = useRef<HTMLDivElement>(null);
  const drag = useRef<{ end: 'from' | 'to' } | { anchor: number } | null>(null);

  function placeOf(event: PointerEvent): number {
    const box = surface.current?.getBoundingClientRect();
    return box ? (event.clientX - box.left) / box.width : 0;
  }

  function start(event: PointerEvent<HTMLDivElement>): void {
    const end = event.target instanceof HTMLElement ? event.target.dataset.end : undefined;
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = end === 'from' || end === 'to' ? { end } : { anchor: placeOf(event) };
  }

  function move(event: PointerEvent): void {
    const held = drag.current;
    if (!held) return;
    if ('end' in held) onView(withEnd(view, held.end, placeOf(event)));
    else if (Math.abs(placeOf(event) - held.anchor) > 0.01) onView(spanned(held.anchor, placeOf(event)));
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid over the map
    <div
      ref={surface}
      className="minimap-brush"
      role="group"
      aria-label="Part of the run that the lanes show"
      onPointerDown={start}
      onPointerMove={move}
      onPointerUp={() => {
        drag.current = null;
      }}
      onDoubleClick={() => onView(WHOLE)}
    >
      <span
        className={`minimap-window${isWhole(view) ? ' whole' : ''}`}
        style={{ left: `${view.from * 100}%`, right: `${(1 - view.to) * 100}%` }}
      >
        <Handle view={view} onView={onView} end="from" label="Start of what the lanes show, in per cent" />
        <Handle view={view} onView={onView} end="to" label="End of what the lanes show, in per cent" />
      </span>
    </div>
  );
}
