/** What the store says, in the contract's words. The store sends 64-bit integers and decimals as text, times as `YYYY-MM-DD hh:mm:ss.fraction`. */

/** A figure as the engine sends it: text, or a number for types below 64 bits. */
export type Figure = string | number;

const NS_PER_MS = 1_000_000n;

/** `2026-11-22 12:00:00.120000000` -> `2026-11-22T12:00:00.12Z`. */
export function instant(stored: string): string {
  const [seconds = '', fraction = ''] = stored.replace(' ', 'T').split('.');
  const digits = fraction.replace(/0+$/, '');
  return digits ? `${seconds}.${digits}Z` : `${seconds}Z`;
}

/** Nanoseconds since 1970 of a stored time or of an RFC 3339 instant in UTC. */
export function nanos(time: string): bigint {
  const [seconds = '', fraction = ''] = time.replace(' ', 'T').replace('Z', '').split('.');
  return BigInt(Date.parse(`${seconds}Z`)) * NS_PER_MS + BigInt(fraction.padEnd(9, '0').slice(0, 9) || '0');
}

/** Nanoseconds since 1970 -> the engine's text of a DateTime64(9, 'UTC'). */
export function storedTime(ns: bigint): string {
  const seconds = floorDivide(ns, 1_000_000_000n);
  const fraction = (ns - seconds * 1_000_000_000n).toString().padStart(9, '0');
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ')}.${fraction}`;
}

function floorDivide(a: bigint, b: bigint): bigint {
  return a >= 0n || a % b === 0n ? a / b : a / b - 1n;
}

/** Nanoseconds -> fractional milliseconds. */
export function milliseconds(ns: bigint): number {
  return Number(ns) / 1e6;
}

/** `0.000034500000` -> `0.0000345`. Null where nothing is known: an unknown amount is never zero. */
export function money(amount: Figure, known: boolean): string | null {
  if (!known) return null;
  const text = String(amount);
  return text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
}

export interface TokenSums {
  input: Figure;
  output: Figure;
  cache_read: Figure;
  cache_write: Figure;
  reasoning: Figure;
  /** How many counted calls reported each; 0 makes the sum null. */
  known_input: Figure;
  known_output: Figure;
  known_cache_read: Figure;
  known_cache_write: Figure;
  known_reasoning: Figure;
}

/** Sums with unknown kept unknown. total = input + output, null where both are. */
export function tokens(row: TokenSums) {
  const known = (sum: Figure, reports: Figure) => (Number(reports) > 0 ? Number(sum) : null);
  const input = known(row.input, row.known_input);
  const output = known(row.output, row.known_output);
  return {
    input,
    output,
    cacheRead: known(row.cache_read, row.known_cache_read),
    cacheWrite: known(row.cache_write, row.known_cache_write),
    reasoning: known(row.reasoning, row.known_reasoning),
    total: input === null && output === null ? null : (input ?? 0) + (output ?? 0),
  };
}

/** Empty text is how the ledger says "none". */
export function orNull(text: string): string | null {
  return text === '' ? null : text;
}
