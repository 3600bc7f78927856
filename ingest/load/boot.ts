import { execFile } from 'node:child_process';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { disk } from '../journal/disk.ts';

/** What the last process that loaded this journal knew of the machine and of the store. */
export interface Known {
  /** Changes whenever the machine starts; '' where the system does not say. */
  readonly boot: string;
  /** `table/part` of broken parts that were dealt with. */
  readonly broken: readonly string[];
  /** Token of a batch that was being booked by comparison: while it is in the journal, tokens do not say what the store has. */
  readonly comparing?: string;
}

/** Names this start of the machine. A restart may have been a power cut: then files that were not synced may be torn. */
export async function bootId(): Promise<string> {
  try {
    if (process.platform === 'linux') return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    return (await promisify(execFile)('sysctl', ['-n', 'kern.bootsessionuuid'])).stdout.trim();
  } catch {
    return '';
  }
}

/** Null where there is none, or it cannot be read: then nothing is known. */
export async function readKnown(dir: string): Promise<Known | null> {
  try {
    return JSON.parse(await readFile(join(dir, 'boot'), 'utf8')) as Known;
  } catch {
    return null;
  }
}

export async function writeKnown(dir: string, known: Known): Promise<void> {
  const path = join(dir, 'boot');
  const file = await open(`${path}.tmp`, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(known));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.tmp`, path);
  await disk.syncFolder(dir);
}
