import { expect, it } from 'vitest';
import { memoryGuard } from './memory.ts';

it('looks once a second and says what it saw', () => {
  let [now, rss, looks] = [0, 50, 0];
  const look = (): number => {
    looks++;
    return rss;
  };
  const short = memoryGuard(100, look, () => now);
  expect(short()).toBe(false);
  rss = 150;
  now = 999;
  expect([short(), looks]).toEqual([false, 1]);
  now = 1000;
  expect([short(), looks]).toEqual([true, 2]);
  rss = 100;
  now = 2000;
  expect(short()).toBe(false);
});
