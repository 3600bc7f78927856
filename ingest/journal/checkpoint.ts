import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** Up to where the store has the journal, and has it safely. */
export interface Checkpoint {
  /** Of the last segment that is covered, and all before it. Empty: none is. */
  readonly token: string;
  /** What the loader wants to know of that moment (ingest/load/baseline.ts); the journal does not look at it. */
  readonly note: unknown;
}

/** Two files that are overwritten in turn: one is whole at any moment, and a disk that is full takes what has its place already. */
const SLOTS = ['checkpoint.a', 'checkpoint.b'] as const;
const ROOM = 64 * 1024;
const HEAD = 24;

interface Slot {
  readonly turn: number;
  readonly checkpoint: Checkpoint | null;
}

/** The last checkpoint of a journal folder, kept as it is written. */
export class Checkpoints {
  #last: Checkpoint | null;
  #turn: number;
  private constructor(
    private readonly dir: string,
    { turn, checkpoint }: Slot,
  ) {
    this.#last = checkpoint;
    this.#turn = turn;
  }

  /** Null where there was never one, or none is readable. */
  get last(): Checkpoint | null {
    return this.#last;
  }

  /** Makes the files where they are missing; that they are there is durable after the next sync of the folder. */
  static async open(dir: string): Promise<Checkpoints> {
    for (const file of SLOTS) {
      await put(join(dir, file), Buffer.alloc(ROOM), 'wx').catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
    }
    const slots = await Promise.all(SLOTS.map((file) => read(join(dir, file))));
    return new Checkpoints(dir, slots.sort((a, b) => b.turn - a.turn)[0]!);
  }

  /** Resolves when the checkpoint is on disk. The file of the one before is not touched. */
  async write(checkpoint: Checkpoint): Promise<void> {
    const turn = this.#turn + 1;
    const body = Buffer.from(JSON.stringify(checkpoint));
    const bytes = Buffer.alloc(Math.max(ROOM, HEAD + body.length));
    bytes.write('AIRUNSCP', 0, 'latin1');
    bytes.writeUInt32LE(turn, 8);
    bytes.writeUInt32LE(body.length, 12);
    bytes.writeUInt32LE(crc32(body, turn), 16);
    body.copy(bytes, HEAD);
    await put(join(this.dir, SLOTS[turn % 2]!), bytes, 'r+');
    this.#turn = turn;
    this.#last = checkpoint;
  }
}

async function put(file: string, bytes: Buffer, flags: 'wx' | 'r+'): Promise<void> {
  const handle = await open(file, flags, 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function read(file: string): Promise<Slot> {
  const nothing = { turn: 0, checkpoint: null };
  const bytes = await readFile(file);
  if (bytes.length < HEAD || bytes.toString('latin1', 0, 8) !== 'AIRUNSCP') return nothing;
  const turn = bytes.readUInt32LE(8);
  const body = bytes.subarray(HEAD, HEAD + bytes.readUInt32LE(12));
  if (body.length !== bytes.readUInt32LE(12) || crc32(body, turn) !== bytes.readUInt32LE(16)) return nothing;
  return { turn, checkpoint: JSON.parse(body.toString()) as Checkpoint };
}
