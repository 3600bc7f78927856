import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** What a folder may import of the others; itself always. `types`: types only. `package`: by its package name only, never its files. */
interface Rule {
  readonly folder: string;
  readonly only?: 'types' | 'package';
}

/** The whole table. A folder that is not named as a target is closed to the importer. */
export const ALLOWED: Readonly<Record<string, readonly Rule[]>> = {
  schema: [],
  pricing: [],
  instrumentation: [{ folder: 'pricing', only: 'package' }],
  ingest: [{ folder: 'schema' }, { folder: 'pricing', only: 'package' }],
  query: [{ folder: 'schema' }, { folder: 'pricing', only: 'package' }],
  features: [{ folder: 'instrumentation', only: 'package' }],
  ui: [{ folder: 'query/contract', only: 'types' }],
  server: [
    ...['schema', 'ingest', 'query', 'features'].map((folder) => ({ folder })),
    { folder: 'pricing', only: 'package' as const },
    { folder: 'instrumentation', only: 'package' as const },
  ],
};

export interface Import {
  /** Relative to the root of the project. */
  readonly file: string;
  readonly specifier: string;
  readonly typesOnly: boolean;
}

const STATEMENT = /(?:^|\n)\s*(import|export)\s+(type\s+)?([^'";]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;

/** The import statements of a source text, dynamic imports with a fixed name included. */
export function importsOf(file: string, text: string): Import[] {
  return [...text.matchAll(STATEMENT)].map(([, , type, names = '', fixed, dynamic]) => ({
    file,
    specifier: fixed ?? dynamic!,
    typesOnly: type !== undefined || everyNameIsAType(names),
  }));
}

function everyNameIsAType(names: string): boolean {
  const list = /^\s*\{([^}]*)\}/.exec(names)?.[1];
  if (list === undefined) return false;
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .every((name) => name.startsWith('type '));
}

/** Why this import is not allowed, or undefined if it is. Imports of libraries are nobody's business here. */
export function violation(one: Import, root: string): string | undefined {
  const importer = one.file.split(sep)[0]!;
  const target = targetOf(one, root);
  if (target === undefined || target.split(sep)[0] === importer) return undefined;
  const rule = ALLOWED[importer]?.find(({ folder }) => target === folder || target.startsWith(`${folder}${sep}`));
  if (!rule) return `${one.file} imports ${one.specifier}: ${importer} may not import ${target.split(sep)[0]}`;
  if (rule.only === 'types' && !one.typesOnly) return `${one.file} imports ${one.specifier}: only types may cross here`;
  if (rule.only === 'package' && one.specifier.startsWith('.')) return `${one.file} imports ${one.specifier}: use @ai-runs/${rule.folder}`;
  return undefined;
}

/** The path of ours that is imported, relative to the root; undefined for a library. */
function targetOf({ file, specifier }: Import, root: string): string | undefined {
  if (specifier.startsWith('@ai-runs/')) return specifier.split('/')[1];
  if (!specifier.startsWith('.')) return undefined;
  return relative(root, resolve(root, dirname(file), specifier));
}

/** All imports of a folder's sources; tests may import what they like. */
export function importsBelow(folder: string, root: string): Import[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'dist', 'testing', 'generated'].includes(entry.name) ? [] : importsBelow(path, root);
    if (!/\.(ts|tsx|mts)$/.test(entry.name) || /\.test\.tsx?$/.test(entry.name)) return [];
    return importsOf(path, readFileSync(join(root, path), 'utf8'));
  });
}
