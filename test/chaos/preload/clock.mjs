/**
 * Loaded into the server before its own code: its wall clock is off by the milliseconds that the file AIRUNS_CHAOS_CLOCK holds, and jumps when
 * the file changes. The monotonic clock goes on as it does on a real machine.
 */
import { readFileSync } from 'node:fs';

const file = process.env.AIRUNS_CHAOS_CLOCK;
const realNow = Date.now.bind(Date);
let offset = 0;
let readAt = Number.NEGATIVE_INFINITY;

function shifted() {
  const now = performance.now();
  if (now - readAt > 20) {
    readAt = now;
    try {
      offset = Number(readFileSync(file, 'utf8'));
    } catch {
      offset = 0;
    }
  }
  return realNow() + offset;
}

globalThis.Date = class extends Date {
  constructor(...parts) {
    if (parts.length === 0) super(shifted());
    else super(...parts);
  }
  static now() {
    return shifted();
  }
};
