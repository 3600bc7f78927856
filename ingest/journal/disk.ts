import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';

/** The calls by which the journal makes a batch durable. A test puts a disk that fails in their place. */
export interface JournalFs {
  /** Makes and opens a file that is not there yet. */
  create(path: string): Promise<JournalFile>;
  rename(from: string, to: string): Promise<void>;
  /** Makes names that were given or taken away in a folder durable. */
  syncFolder(path: string): Promise<void>;
  /** A file that is not there is as good as removed. */
  remove(path: string): Promise<void>;
}

export interface JournalFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when what was written is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export const disk: JournalFs = {
  create: async (path) => {
    const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    return {
      write: (bytes) => handle.writeFile(bytes),
      sync: () => handle.datasync(),
      close: () => handle.close(),
    };
  },
  rename,
  syncFolder: async (path) => {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  remove: (path) => rm(path, { force: true }),
};
