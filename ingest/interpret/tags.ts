const MAX_TAGS = 32;

/** Tags as sent: a list, a JSON list as text, or names with commas between. */
export function tagsOf(value: unknown): string[] {
  const list = typeof value === 'string' ? fromText(value) : Array.isArray(value) ? value : [];
  return [...new Set(list.map((tag) => String(tag).trim().slice(0, 64)).filter((tag) => tag !== ''))].slice(0, MAX_TAGS);
}

function fromText(text: string): unknown[] {
  if (text.startsWith('[')) {
    try {
      const parsed: unknown = JSON.parse(text);
      if (Array.isArray(parsed)) return parsed;
    } catch {
      // Not JSON after all: read it as a plain list of names.
    }
  }
  return text.split(',');
}
