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
