import { randomBytes } from 'node:crypto';

/** A UUID of version 7 without its dashes: lower-case hex as all ids of ours, and sorted by time. */
export function newRunId(now: number = Date.now()): string {
  const random = randomBytes(10);
  random[0] = (random[0]! & 0x0f) | 0x70;
  random[2] = (random[2]! & 0x3f) | 0x80;
  return now.toString(16).padStart(12, '0') + random.toString('hex');
}
