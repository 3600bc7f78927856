import type { KeyTable } from '../decode/attributes.ts';
import type { ContentSource, Dialect, Field, KindRule, NameSource } from './dialect.ts';
import { FIELDS } from './dialect.ts';

/** One way an attribute feeds a field; the lowest rank that is there wins. */
export interface Binding {
  field: number;
  rank: number;
}
export interface JsonBinding extends Binding {
  path: readonly string[];
}

/** Everything that is to be known of one attribute key, by its id. */
export interface KeyRole {
  bindings: readonly Binding[];
  json: readonly JsonBinding[];
  /** Index into `content`, or -1. */
  content: number;
}

export interface IndexedPrefix {
  prefix: string;
  side: 'input' | 'output';
  order: number;
}

/** All dialects as arrays indexed by key id, so that interpreting a span is one pass over its attributes. */
export interface Rules {
  keys: KeyTable;
  roles: readonly KeyRole[];
  kinds: readonly (KindRule & { key: number })[];
  content: readonly ContentSource[];
  indexed: readonly IndexedPrefix[];
  names: readonly (NameSource & { key: number })[];
  /** Keys that quirks ask for by name. */
  key(name: string): number;
}

export const fieldIndex = Object.fromEntries(FIELDS.map((f, i) => [f, i])) as Record<Field, number>;

/** Dialects in order of precedence: where two name the same field, the earlier one is believed. */
export function compile(dialects: readonly Dialect[], extraKeys: readonly string[], keys: KeyTable): Rules {
  const attribute = (source: string) => source.split('#')[0]!;
  const names = new Set<string>(extraKeys);
  for (const d of dialects) {
    for (const sources of Object.values(d.sources)) for (const s of sources) names.add(attribute(s));
    for (const k of d.kinds ?? []) names.add(k.attribute);
    for (const c of d.content ?? []) names.add(c.attribute);
    for (const n of d.names ?? []) names.add(n.attribute);
  }
  keys.register(names);
  const roles = Array.from({ length: keys.known }, () => ({ bindings: [] as Binding[], json: [] as JsonBinding[], content: -1 }));
  const content: ContentSource[] = [];
  const nextRank = new Map<number, number>();
  for (const d of dialects) {
    for (const [name, sources] of Object.entries(d.sources)) {
      const field = fieldIndex[name as Field];
      for (const source of sources) {
        const rank = nextRank.get(field) ?? 0;
        nextRank.set(field, rank + 1);
        const role = roles[keys.idOf(attribute(source))]!;
        const path = source.split('#')[1];
        if (path === undefined) role.bindings.push({ field, rank });
        else role.json.push({ field, rank, path: path.split('.') });
      }
    }
    for (const c of d.content ?? []) {
      roles[keys.idOf(c.attribute)]!.content = content.length;
      content.push(c);
    }
  }
  const withKey = <T extends { attribute: string }>(item: T) => ({ ...item, key: keys.idOf(item.attribute) });
  return {
    keys,
    roles,
    kinds: dialects
      .flatMap((d) => d.kinds ?? [])
      .sort((a, b) => a.rank - b.rank)
      .map(withKey),
    content,
    indexed: dialects.flatMap((d) => d.indexed ?? []).map((p, order) => ({ ...p, order })),
    names: dialects.flatMap((d) => d.names ?? []).map(withKey),
    key: (name) => {
      const id = keys.idOf(name);
      if (id >= keys.known) throw new Error(`attribute ${name} is asked for but not registered`);
      return id;
    },
  };
}
