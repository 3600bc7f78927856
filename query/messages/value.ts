/** Reading what senders sent. Nothing here throws, whatever the value. */

export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON as a value; undefined where the text is not JSON (plain text, or JSON cut short by a sender's limit). */
export function parseJson(text: string): unknown {
  const start = text.trimStart()[0];
  if (start === undefined || !'{["-0123456789tfn'.includes(start)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Arguments and results often come as JSON in a string. Other text, numbers in it too, stays what it is. */
export function unpack(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const parsed = parseJson(value);
  return typeof parsed === 'object' && parsed !== null ? parsed : value;
}

/** The first of the named fields that is there. */
export function pick(object: Json, ...names: string[]): unknown {
  for (const name of names) if (object[name] !== undefined && object[name] !== null) return object[name];
  return undefined;
}

export function pickText(object: Json, ...names: string[]): string | null {
  const value = pick(object, ...names);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Deeper values could not be written as JSON again, and nobody could read them. */
const MAX_DEPTH = 64;
const DATA_URL = /^data:([^;,]*)[^,]{0,200};base64,/;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
const SHORT = 1024;

/** Bytes that base64 text stands for. */
export function base64Bytes(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return Math.floor((text.length * 3) / 4) - padding;
}

/** A base64 data URL taken apart, without its bytes. */
export function dataUrl(text: string): { mimeType: string | null; bytes: number } | undefined {
  const match = DATA_URL.exec(text.slice(0, 300));
  return match ? { mimeType: match[1] || null, bytes: base64Bytes(text.slice(match[0].length)) } : undefined;
}

/** A copy fit to be shown: pictures and files in it are named by type and size, and it is cut where it is too deep. */
export function lean(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return leanText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (Array.isArray(value)) return value.map((item) => lean(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, lean(item, depth + 1)]));
}

function leanText(text: string): string {
  const url = dataUrl(text);
  if (url) return `[${url.mimeType ?? 'data'}, ${url.bytes} bytes]`;
  return text.length > SHORT && BASE64.test(text) ? `[base64, ${base64Bytes(text)} bytes]` : text;
}
