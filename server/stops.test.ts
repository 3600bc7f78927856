import { expect, it } from 'vitest';
import { Stops } from './stops.ts';

it('closes in the opposite order, each once, and goes on after a failure', async () => {
  const closed: string[] = [];
  const stops = new Stops();
  stops.add(async () => void closed.push('first'));
  stops.add(async () => {
    closed.push('second');
    throw new Error('second failed');
  });
  stops.add(async () => void closed.push('third'));
  const both = await Promise.allSettled([stops.run(), stops.run()]);
  expect(closed).toEqual(['third', 'second', 'first']);
  expect(both.map((result) => result.status)).toEqual(['rejected', 'rejected']);
});

it('waits for a limited time only, and says whether that was enough', async () => {
  const quick = new Stops();
  quick.add(async () => {});
  expect(await quick.runWithin(10_000)).toBe(true);
  const hung = new Stops();
  let closed = false;
  hung.add(async () => {
    closed = true;
  });
  hung.add(() => new Promise(() => {}));
  expect(await hung.runWithin(20)).toBe(false);
  expect(closed).toBe(false);
});
