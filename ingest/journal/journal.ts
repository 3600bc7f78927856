import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A batch on disk: the very file the store loads, under a name that is also its deduplication token. */
export interface Segment {
  /** Counts up by one for each batch of this process; replayed segments come first. */
  batch: number;
  file: string;
  token: string;
  bytes: number;
}

/**
 * The journal is the insert file itself. A batch is written, synced and renamed into place before its senders are answered; the loader then
 * gives the same bytes to the store, as often as it takes. A file that is still `.tmp` was never acknowledged and is removed at start.
 */
export class Journal {
  #next = 1;
  /** Files of batches that failed and may still be there. */
  readonly #doubtful = new Set<string>();
  private constructor(
    private readonly dir: string,
    private readonly epoch: string,
    /** Segments of earlier processes that the store may not have yet, oldest first. */
    readonly left: readonly Segment[],
  ) {
    this.#next = left.length + 1;
  }

  /** Opens the folder (made if missing) and finds what an earlier process left. Rejects where it cannot be written. */
  static async open(dir: string): Promise<Journal> {
    await mkdir(dir, { recursive: true });
    const epoch = await nextEpoch(dir);
    const left: Segment[] = [];
    for (const name of (await readdir(dir)).sort()) {
      if (name.endsWith('.tmp')) await rm(join(dir, name));
      else if (name.endsWith('.native')) left.push(segment(dir, name, left.length + 1, 0));
    }
    return new Journal(dir, epoch, left);
  }

  /**
   * Makes a batch durable. Resolves when its bytes and its name are on disk; rejects (and leaves nothing behind that could be loaded)
   * where that cannot be said for certain.
   */
  async append(block: Buffer): Promise<Segment> {
    await this.#clear();
    const batch = this.#next++;
    const name = `${this.epoch}-${String(batch).padStart(10, '0')}.native`;
    const temporary = join(this.dir, `${name}.tmp`);
    try {
      const file = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
      try {
        await file.writeFile(block);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(temporary, join(this.dir, name));
      await syncFolder(this.dir);
    } catch (error) {
      this.#doubtful.add(temporary).add(join(this.dir, name));
      await this.#clear().catch(() => undefined);
      throw error;
    }
    return segment(this.dir, name, batch, block.length);
  }

  /**
   * A batch that failed must be gone before the next one is taken: its senders come again, and what the next process finds of it would count
   * beside what they bring. The sync of the next append makes the removal durable, too.
   */
  async #clear(): Promise<void> {
    for (const file of this.#doubtful) {
      await rm(file, { force: true });
      this.#doubtful.delete(file);
    }
  }

  /** The store has it and has it safely: the segment is no longer needed. */
  async release(segment: Segment): Promise<void> {
    await rm(segment.file, { force: true });
  }
}

function segment(dir: string, name: string, batch: number, bytes: number): Segment {
  return { batch, file: join(dir, name), token: name.slice(0, -'.native'.length), bytes };
}

/**
 * A number that no earlier process on this folder used, and a random part of the folder's own: tokens are remembered by the store, so one must
 * never name two batches, not even where a folder was copied or a clock set back.
 */
async function nextEpoch(dir: string): Promise<string> {
  const path = join(dir, 'epoch');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  // A file that is damaged is as good as none: a new random part keeps the numbers apart.
  const [, count = '0', id = crypto.randomUUID()] = /^(\d+) (\S+)$/.exec(text.trim()) ?? [];
  const next = String(Number(count) + 1).padStart(8, '0');
  await writeFile(`${path}.tmp`, `${next} ${id}\n`, { flush: true });
  await rename(`${path}.tmp`, path);
  await syncFolder(dir);
  return `${next}-${id.slice(0, 8)}`;
}

/** Makes a rename durable. */
async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
