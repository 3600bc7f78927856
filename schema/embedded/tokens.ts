import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'deduplication_logs';
/** Operation, part, token; the engine writes one a line. */
const RECORD = /^\d\t[^\t\0]+\t[^\t\0]+$/;

/**
 * Cuts what a power cut left torn off the engine's lists of tokens. The engine reads such a list up to the first torn record and goes on
 * writing behind it: after the next crash it would know none of those tokens, and a batch that is repeated would count twice. To be called
 * while no process has the folder open. Returns the lists that were cut.
 */
export function mendTokens(path: string): string[] {
  return listsBelow(path).filter((file) => {
    const bytes = readFileSync(file);
    const whole = wholeLength(bytes);
    if (whole < bytes.length) truncateSync(file, whole);
    return whole < bytes.length;
  });
}

/** Bytes of the whole records that a list begins with. */
export function wholeLength(list: Buffer): number {
  let end = 0;
  for (let next = list.indexOf(10); next >= 0; next = list.indexOf(10, end)) {
    if (!RECORD.test(list.toString('latin1', end, next))) break;
    end = next + 1;
  }
  return end;
}

/** Tables lie two folders deep: store/abc/abcdef-.../deduplication_logs. */
function listsBelow(path: string): string[] {
  const tables = foldersIn(join(path, 'store')).flatMap((prefix) => foldersIn(prefix));
  return tables.flatMap((table) => filesIn(join(table, FOLDER)));
}

const foldersIn = (path: string): string[] => entries(path, (entry) => entry.isDirectory());
const filesIn = (path: string): string[] => entries(path, (entry) => entry.isFile());

function entries(path: string, keep: (entry: { isDirectory(): boolean; isFile(): boolean }) => boolean): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter(keep)
      .map(({ name }) => join(path, name));
  } catch (error) {
    // A folder that is new has no tables, and not every table has tokens.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
