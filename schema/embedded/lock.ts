import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The id of the process that holds the engine's directory, 0 if it is not known which, undefined if none. The engine locks the file
 * `status`; asking the kernel first keeps its own noisy failure out of the user's terminal. The process id inside the file alone would
 * be no proof: after a crash it stays there, and in a container the next process often gets the same one.
 */
export function lockHolder(path: string): number | undefined {
  const inode = inodeOf(join(path, 'status'));
  if (inode === undefined) return undefined;
  for (const line of locks().split('\n')) {
    // 1: FLOCK  ADVISORY  WRITE 7993 08:01:123456 0 EOF
    const fields = line.trim().split(/\s+/);
    if (fields[1] === 'FLOCK' && fields[5]?.split(':')[2] === inode) return Math.max(0, Number(fields[4]));
  }
  return undefined;
}

function inodeOf(file: string): string | undefined {
  try {
    return String(statSync(file, { bigint: true }).ino);
  } catch {
    return undefined;
  }
}

/** Linux only; elsewhere there is nothing to read, and the engine's own refusal is what remains. */
function locks(): string {
  try {
    return readFileSync('/proc/locks', 'utf8');
  } catch {
    return '';
  }
}
