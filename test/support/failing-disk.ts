import { disk, type JournalFs } from '../../ingest/journal/disk.ts';

/** A disk that does what it is asked until `fails` says otherwise. A write that fails leaves half of its bytes behind, as a full disk does. */
export class FailingDisk implements JournalFs {
  /** The calls so far. */
  readonly calls: string[] = [];
  /** Asked before each call with its name and its number (from 1): the error's code, or null to let it pass. */
  fails: (call: string, number: number) => string | null = () => null;

  async create(path: string) {
    this.#call('create');
    const file = await disk.create(path);
    return {
      write: async (bytes: Uint8Array) => {
        const code = this.#asked('write');
        await file.write(code ? bytes.subarray(0, bytes.length / 2) : bytes);
        if (code) throw failure(code, 'write');
      },
      sync: async () => {
        this.#call('sync');
        await file.sync();
      },
      close: () => file.close(),
    };
  }

  async rename(from: string, to: string): Promise<void> {
    this.#call('rename');
    await disk.rename(from, to);
  }

  async syncFolder(path: string): Promise<void> {
    this.#call('syncFolder');
    await disk.syncFolder(path);
  }

  async remove(path: string): Promise<void> {
    this.#call('remove');
    await disk.remove(path);
  }

  #call(name: string): void {
    const code = this.#asked(name);
    if (code) throw failure(code, name);
  }

  #asked(name: string): string | null {
    this.calls.push(name);
    return this.fails(name, this.calls.length);
  }
}

function failure(code: string, call: string): Error {
  return Object.assign(new Error(`${code}: ${call}`), { code });
}
