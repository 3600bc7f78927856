/** Deepest JSON in a text that is read as JSON. Deeper one is a text: reading it takes no stack, but writing it again or a look into it does. */
const MAX_DEPTH = 128;

/** JSON in a text of a sender; undefined where it is none, or nested beyond any use. */
export function parseJson(text: string): unknown {
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[' && first !== '"') return undefined;
  if (isDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Brackets within strings count as well where the text is no JSON: then it is not parsed anyway. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) {
      i = endOfString(text, i);
      if (i < 0) return false;
    } else if (c === 0x5b || c === 0x7b) {
      if (++depth > MAX_DEPTH) return true;
    } else if (c === 0x5d || c === 0x7d) depth--;
  }
  return false;
}

/** Where the string that opens at `from` closes, or -1. */
function endOfString(text: string, from: number): number {
  for (let i = from + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5c) i++;
    else if (c === 0x22) return i;
  }
  return -1;
}

/** JSON may hold halves of characters, which no store can; here they become U+FFFD, as they would there. */
const SURROGATE = /[\ud800-\udfff]/;

/**
 * Any value of a sender as text: a string as it is, nothing as '', a structure as JSON. `String()` would ask the value itself, and a map without a
 * prototype has no answer.
 */
export function plainText(value: unknown): string {
  if (typeof value === 'string') return SURROGATE.test(value) ? Buffer.from(value).toString() : value;
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/**
 * The first `max` UTF-16 units of a text, never half a character. A cut text is a copy: a mere slice would keep the whole one in memory for as long
 * as it lives.
 */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  const end = last >= 0xd800 && last < 0xdc00 ? max - 1 : max;
  return Buffer.from(text.slice(0, end)).toString();
}
