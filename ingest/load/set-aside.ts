import { copyFile, mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Doubtful, Reconciled } from '../../schema/index.ts';
import { disk } from '../journal/disk.ts';
import type { Segment } from '../journal/journal.ts';

const FOLDER = 'refused';

/** What a batch brought that the store takes in no way. */
export interface SetAside {
  readonly token: string;
  readonly at: string;
  readonly spans: number;
  readonly traces: NonNullable<Reconciled['refused']>['traces'];
  readonly totals: readonly Doubtful[];
  /** Batches that were settled on top of it may not all be loaded yet: its totals must be looked at once more. */
  readonly open: boolean;
}

/** Keeps a batch, whole, with the reason as text beside it. Resolves when both are on disk. */
export async function keepRefused(dir: string, segment: Segment, refused: NonNullable<Reconciled['refused']>): Promise<SetAside> {
  const folder = join(dir, FOLDER);
  await mkdir(folder, { recursive: true });
  const copy = join(folder, basename(segment.file));
  await copyFile(segment.file, copy);
  const handle = await open(copy, 'r+');
  await handle.sync().finally(() => handle.close());
  const { traces, totals } = refused;
  const spans = traces.reduce((sum, trace) => sum + trace.spans, 0);
  const aside = { token: segment.token, at: new Date().toISOString(), spans, traces, totals, open: true };
  await write(folder, aside);
  return aside;
}

export async function close(dir: string, aside: SetAside): Promise<void> {
  await write(join(dir, FOLDER), { ...aside, open: false });
}

/** Everything that was ever set aside here. */
export async function readSetAside(dir: string): Promise<SetAside[]> {
  const folder = join(dir, FOLDER);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files = names.filter((name) => name.endsWith('.json')).sort();
  return Promise.all(files.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as SetAside));
}

async function write(folder: string, aside: SetAside): Promise<void> {
  const path = join(folder, `${aside.token}.json`);
  const file = await open(`${path}.tmp`, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(aside, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.tmp`, path);
  await disk.syncFolder(folder);
}
