import type { Input } from './inputs.ts';

/**
 * The same harm in fewer bytes: parts are left out, halves first, as long as it stays. Gives up after `seconds`.
 * @param stays whether a smaller body does the same
 */
export async function minimise(input: Input, stays: (smaller: Input) => Promise<boolean>, seconds: number): Promise<Input> {
  const deadline = Date.now() + seconds * 1000;
  let best = input;
  for (let part = Math.ceil(best.body.length / 2); part >= 1; part = part === 1 ? 0 : Math.ceil(part / 2)) {
    for (let from = 0; from < best.body.length; ) {
      if (Date.now() > deadline) return best;
      const body = Buffer.concat([best.body.subarray(0, from), best.body.subarray(from + part)]);
      const smaller = { ...best, body };
      if (await stays(smaller)) best = smaller;
      else from += part;
    }
  }
  return best;
}
