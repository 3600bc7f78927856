import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

const ROOT = import.meta.dirname;
const asked = new Set<string>();

/**
 * Text of `query/<name>.sql`. Called while modules load, so that a missing file stops the start and not a request.
 * Text between `{{` and `}}` is filled by {@link fill}; `{name:Type}` is bound by the engine.
 */
export function sql(name: string): string {
  asked.add(name);
  return readFileSync(join(ROOT, `${name}.sql`), 'utf8');
}

/**
 * Puts code-owned text (a column of a closed table, another .sql file) into a statement. Never call it with a caller's value: those are bound.
 * @throws Error where a slot has no text or a text has no slot.
 */
export function fill(template: string, parts: Readonly<Record<string, string>>): string {
  const left = new Set(Object.keys(parts));
  const text = template.replace(/\{\{(\w+)\}\}/g, (_, slot: string) => {
    const part = parts[slot];
    if (part === undefined) throw new Error(`no text for the slot {{${slot}}}`);
    left.delete(slot);
    return part;
  });
  if (left.size > 0) throw new Error(`no slot for the text of ${[...left].join(', ')}`);
  return text;
}

/** @throws Error where a .sql file below query/ was asked for by nobody: a dead statement is a lie about what is read. */
export function assertNoUnusedSql(): void {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length).split(sep).join('/'));
  const unused = files.filter((name) => !asked.has(name));
  if (unused.length > 0) throw new Error(`unused .sql files in query/: ${unused.join(', ')}`);
}
