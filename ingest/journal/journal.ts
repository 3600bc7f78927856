import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Checkpoint, Checkpoints } from './checkpoint.ts';
import { disk, type JournalFile, type JournalFs } from './disk.ts';
import { readLeftovers } from './leftovers.ts';
import { tokenOf, writeName } from './names.ts';

/** A batch on disk: the very file the store loads, under a name that is also its deduplication token. */
export interface Segment {
  /** Counts up by one for each batch of this process; replayed segments come first. */
  batch: number;
  file: string;
  token: string;
  bytes: number;
  /** When it was begun, milliseconds since 1970: its rows bear no earlier time. Of one that an earlier process left, when it was written. */
  at: number;
}

export interface JournalOptions {
  fs?: JournalFs;
  /** Start although acknowledged batches are missing, double or of a newer format. */
  acceptLoss?: boolean;
}

/**
 * The journal is the insert file itself. A batch is written, synced and renamed into place before its senders are answered; the loader then
 * gives the same bytes to the store, as often as it takes. Its name carries its length and checksum, so that the next process loads the very
 * bytes that were acknowledged or none. A file that is still `.tmp` was never acknowledged and is removed at start.
 */
export class Journal {
  #batch = 1;
  #number = 1;
  /** Files of batches that failed and may still be there. */
  readonly #doubtful = new Set<string>();
  private constructor(
    readonly dir: string,
    private readonly epoch: string,
    private readonly fs: JournalFs,
    private readonly checkpoints: Checkpoints,
    /** Up to where the store was known to be safe when the folder was opened. */
    readonly checkpointed: Checkpoint | null,
    /** Segments of earlier processes that the store may not have yet, oldest first. */
    readonly left: readonly Segment[],
    /** One line for each acknowledged batch of earlier processes that cannot be loaded. */
    readonly lost: readonly string[],
  ) {
    this.#batch = left.length + 1;
  }

  /**
   * Opens the folder (made if missing) and finds what an earlier process left. Rejects where it cannot be written, and with JournalError
   * where batches are missing.
   */
  static async open(dir: string, { fs = disk, acceptLoss = false }: JournalOptions = {}): Promise<Journal> {
    await mkdir(dir, { recursive: true });
    const checkpoints = await Checkpoints.open(dir);
    const { segments, lost, count } = await readLeftovers(dir, fs, checkpoints.last?.token || null, acceptLoss);
    const epoch = await nextEpoch(dir, fs, count);
    const left: Segment[] = [];
    for (const { name, epoch: of, number } of segments) {
      const file = join(dir, name);
      const { size, mtimeMs } = await stat(file);
      left.push({ batch: left.length + 1, file, token: tokenOf(of, number), bytes: size, at: mtimeMs });
    }
    return new Journal(dir, epoch, fs, checkpoints, checkpoints.last, left, lost);
  }

  /**
   * Makes a batch durable. Resolves when its bytes and its name are on disk; rejects (and leaves nothing behind that could be loaded)
   * where that cannot be said for certain.
   * @param at the earliest time that its rows bear, milliseconds since 1970
   */
  async append(block: Buffer, at = Date.now()): Promise<Segment> {
    return (await this.appendAll([block], at))[0]!;
  }

  /** The same for several blocks, which count all or none: the next process finds every one of them or nothing. */
  async appendAll(blocks: readonly Buffer[], at = Date.now()): Promise<Segment[]> {
    await this.#clear();
    const segments = blocks.map((block, index): Segment => {
      const content = { bytes: block.length, crc: crc32(block) };
      const part = blocks.length > 1 ? { index, count: blocks.length } : null;
      const number = this.#number + index;
      const file = join(this.dir, writeName({ epoch: this.epoch, number, content, part }));
      return { batch: this.#batch + index, file, token: tokenOf(this.epoch, number), bytes: block.length, at };
    });
    try {
      for (const [i, { file }] of segments.entries()) await this.#write(`${file}.tmp`, blocks[i]!);
      for (const [i, { file }] of segments.entries()) {
        // The last name is what makes a group count, so it must not reach the disk before the others.
        if (i > 0 && i === segments.length - 1) await this.fs.syncFolder(this.dir);
        await this.fs.rename(`${file}.tmp`, file);
      }
      await this.fs.syncFolder(this.dir);
    } catch (error) {
      for (const { file } of segments.toReversed()) this.#doubtful.add(file).add(`${file}.tmp`);
      await this.#clear().catch(() => undefined);
      throw error;
    }
    // A number that failed is used again: the store never heard of it, and a gap would look like a loss.
    this.#batch += blocks.length;
    this.#number += blocks.length;
    return segments;
  }

  async #write(path: string, block: Buffer): Promise<void> {
    const file: JournalFile = await this.fs.create(path);
    try {
      await file.write(block);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /**
   * A batch that failed must be gone before the next one is taken: its senders come again, and what the next process finds of it would count
   * beside what they bring. The sync of the next append makes the removal durable, too.
   */
  async #clear(): Promise<void> {
    for (const file of this.#doubtful) {
      await this.fs.remove(file);
      this.#doubtful.delete(file);
    }
  }

  /** The store has these segments, the last of a row without gaps, and has them safely: remembers it, then lets go of them. */
  async release(segments: readonly Segment[], note: unknown): Promise<void> {
    const last = segments.at(-1);
    if (!last) return;
    await this.checkpoints.write({ token: last.token, note });
    for (const { file } of segments) await this.fs.remove(file);
  }

  /** The note of the last checkpoint, whoever took it; undefined where there was none. */
  get lastNote(): unknown {
    return this.checkpoints.last?.note;
  }

  /** The number of the next batch. */
  get next(): number {
    return this.#batch;
  }

  /** Remembers `note` without letting go of anything. */
  async remember(note: unknown): Promise<void> {
    await this.checkpoints.write({ token: this.checkpoints.last?.token ?? '', note });
  }
}

/**
 * A number that no earlier process on this folder used, and a random part of the folder's own: tokens are remembered by the store, so one must
 * never name two batches, not even where a folder was copied or a clock set back.
 */
async function nextEpoch(dir: string, fs: JournalFs, highest: number): Promise<string> {
  const path = join(dir, 'epoch');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  // A file that is damaged is as good as none: a new random part keeps the numbers apart, and names that are there keep them in order.
  const [, count = '0', id = crypto.randomUUID()] = /^(\d+) ([0-9a-f]{8}-\S+)$/.exec(text.trim()) ?? [];
  const next = String(Math.max(Number(count), highest) + 1).padStart(8, '0');
  await writeFile(`${path}.tmp`, `${next} ${id}\n`, { flush: true });
  await rename(`${path}.tmp`, path);
  await fs.syncFolder(dir);
  return `${next}-${id.slice(0, 8)}`;
}
