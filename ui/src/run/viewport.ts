/** The part of the scale that the lanes show, 0 to 1. */
export interface Viewport {
  from: number;
  to: number;
}

export const WHOLE: Viewport = { from: 0, to: 1 };
/** One cannot look closer than a five-hundredth of the run. */
const CLOSEST = 0.002;

export function isWhole({ from, to }: Viewport): boolean {
  return from <= 0 && to >= 1;
}

/** Where a place of the scale lies in the lanes; below 0 or above 1 when it is out of sight. */
export function inView({ from, to }: Viewport, place: number): number {
  return (place - from) / (to - from);
}

/** What a drag over the minimap selects. */
export function spanned(a: number, b: number): Viewport {
  const from = Math.max(0, Math.min(a, b));
  const to = Math.min(1, Math.max(a, b));
  return to - from < CLOSEST ? WHOLE : { from, to };
}

/** One end pulled along. */
export function withEnd(view: Viewport, end: 'from' | 'to', place: number): Viewport {
  if (end === 'from') return { ...view, from: Math.max(0, Math.min(place, view.to - CLOSEST)) };
  return { ...view, to: Math.min(1, Math.max(place, view.from + CLOSEST)) };
}
