import { cut, parseJson, plainText } from './plain.ts';

const MAX_TAGS = 32;
/** A longer text is no list of names. */
const MAX_TEXT = 16_384;

/** Tags as sent: a list, a JSON list as text, or names with commas between. */
export function tagsOf(value: unknown): string[] {
  const list = typeof value === 'string' ? fromText(value) : Array.isArray(value) ? value : [];
  return [...new Set(list.map((tag) => cut(plainText(tag).trim(), 64)).filter((tag) => tag !== ''))].slice(0, MAX_TAGS);
}

function fromText(text: string): unknown[] {
  if (text.length > MAX_TEXT) return [];
  const parsed = parseJson(text);
  return Array.isArray(parsed) ? parsed : text.split(',');
}
