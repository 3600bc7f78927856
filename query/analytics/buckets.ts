import type { Bucket } from '../contract/index.ts';
import { groupBy } from '../group.ts';
import { instant, storedTime } from '../values.ts';
import type { Value } from './measures.ts';
import { type Slots, slotStart } from './range.ts';

/** A value of one series in one slot. */
export interface Point {
  readonly slot: number;
  readonly label: string;
  readonly value: Value;
}

/** The buckets of a range in order of time, the series of one bucket in the order of `labels`. A slot without any point is there with `empty` and no key. */
export function bucketsOf(slots: Slots, points: readonly Point[], labels: readonly string[], empty: Value): Bucket[] {
  const rank = new Map(labels.map((label, index) => [label, index]));
  const place = (point: Point) => rank.get(point.label) ?? labels.length;
  const bySlot = groupBy(points, (point) => String(point.slot));
  const out: Bucket[] = [];
  for (let slot = slots.first; slot <= slots.last; slot++) {
    const start = instant(storedTime(slotStart(slots, slot)));
    const here = bySlot.get(String(slot))?.sort((a, b) => place(a) - place(b)) ?? [{ slot, label: '', value: empty }];
    for (const { label, value } of here) out.push({ start, key: label, value });
  }
  return out;
}
