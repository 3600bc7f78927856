import { expect, it } from 'vitest';
import { Ring } from './ring.ts';

const event = (runId: string) => ({ type: 'run.updated' as const, runId, at: '2026-11-22T12:00:00Z', tasks: 1 });
const filled = (count: number, size = 3) => {
  const ring = new Ring('e1', size);
  return { ring, ids: Array.from({ length: count }, (_, i) => ring.add(event(`r${i}`)).id) };
};
const runs = (ring: Ring, id: string) => ring.after(id)?.map((numbered) => numbered.event.runId);

it('goes on after the last event seen', () => {
  const { ring, ids } = filled(3);
  expect(runs(ring, ids[0]!)).toEqual(['r1', 'r2']);
  expect(runs(ring, ids[2]!)).toEqual([]);
  expect(runs(ring, 'e1-0')).toEqual(['r0', 'r1', 'r2']);
});

it('says when events are gone', () => {
  const { ring, ids } = filled(5);
  expect(runs(ring, ids[1]!)).toEqual(['r2', 'r3', 'r4']);
  expect(runs(ring, ids[0]!)).toBeUndefined();
});

it.each(['e0-1', 'e1-9', 'e1--1', 'e1-x', 'e1', ''])('knows no event %s', (id) => expect(filled(3).ring.after(id)).toBeUndefined());
