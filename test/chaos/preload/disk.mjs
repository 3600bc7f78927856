/**
 * Loaded into the server before its own code (NODE_OPTIONS=--import): writes down what really was synced, so that a power cut can take the
 * rest away, and lets the disk fail on demand. It follows the files below AIRUNS_CHAOS_DATA, except those of the engine, which are not
 * written by Node; of them the wrapper around `sync` takes stock.
 *
 * In AIRUNS_CHAOS_SIDE: `synced.log`, one JSON a line, as soon as a sync returned; `removed/<inode>`, a second name for what was deleted or
 * replaced; `before/<inode>`, the last synced bytes of a file that is written over in place; `fault.json`, read before every operation: { code, seed, chances: { open, write, sync, rename } }.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, resolve } from 'node:path';

const data = `${process.env.AIRUNS_CHAOS_DATA}/`;
const side = process.env.AIRUNS_CHAOS_SIDE;
const engine = `${data}store/`;

/** The path where it is one to follow, else null. */
function followed(path) {
  if (typeof path !== 'string') return null;
  const full = resolve(path);
  return full.startsWith(data) && !full.startsWith(engine) ? full : null;
}

const real = { ...fs.promises };
const realSync = { ...fs };
const note = (entry) => realSync.appendFileSync(join(side, 'synced.log'), `${JSON.stringify(entry)}\n`);

function fault() {
  try {
    return JSON.parse(realSync.readFileSync(join(side, 'fault.json'), 'utf8'));
  } catch {
    return null;
  }
}

let state = 0;
/** A number in [0, 1) that follows from the seed of the fault (mulberry32). */
function chance(seed) {
  state = (state + 0x6d2b79f5) | 0;
  let t = (state ^ seed) | 0;
  t = Math.imul(t ^ (t >>> 15), 1 | t);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

/** The error that this operation is to fail with, or null. */
function failure(operation, path) {
  const now = fault();
  if (!now || chance(now.seed) >= (now.chances[operation] ?? 0)) return null;
  const error = new Error(`${now.code}: injected, ${operation} '${path}'`);
  return Object.assign(error, { code: now.code, syscall: operation, path, errno: -1 });
}

/** Half of the operations that fail have had their effect all the same: the caller cannot know. */
async function failing(operation, path, act) {
  const error = failure(operation, path);
  if (!error) return act();
  if (chance(1) < 0.5) await act();
  throw error;
}

function noteFile(path, stat) {
  note({ file: path, ino: stat.ino, size: stat.size });
}

/** [name, inode] of the files in a folder. */
function entriesOf(path) {
  const files = realSync.readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap(({ name }) => {
    const stat = realSync.statSync(join(path, name), { throwIfNoEntry: false });
    return stat ? [[name, stat.ino]] : [];
  });
}

/** What is about to lose its name gets another one, so that a power cut can bring it back. */
function keep(path) {
  try {
    realSync.linkSync(path, join(side, 'removed', String(realSync.statSync(path).ino)));
  } catch {
    // Not there, or kept already.
  }
}

/** Only what was there before the sync began is certain to be covered by it. */
async function syncing(path, stat, act) {
  const before = await stat();
  const entries = before.isDirectory() ? entriesOf(path) : null;
  await failing('sync', path, act);
  if (entries) note({ folder: path, entries });
  else noteFile(path, before);
}

/** The bytes that a power cut may bring back, kept until what replaces them is synced. */
function keepBytes(path) {
  try {
    realSync.copyFileSync(path, join(side, 'before', String(realSync.statSync(path).ino)), realSync.constants.COPYFILE_EXCL);
  } catch {
    // A new file, or kept already.
  }
}

function follow(handle, path, overwrites) {
  const own = (name) => handle[name].bind(handle);
  const stat = own('stat');
  for (const name of ['sync', 'datasync']) {
    const sync = own(name);
    handle[name] = async () => {
      await syncing(path, stat, sync);
      if (overwrites) realSync.rmSync(join(side, 'before', String((await stat()).ino)), { force: true });
    };
  }
  for (const name of ['write', 'writev', 'writeFile', 'appendFile']) {
    const write = own(name);
    handle[name] = async (bytes, ...rest) => {
      if (overwrites) keepBytes(path);
      const error = failure('write', path);
      if (!error) return write(bytes, ...rest);
      // A disk that fills up takes the first part.
      if (ArrayBuffer.isView(bytes)) await write(bytes.subarray(0, bytes.byteLength >> 1), ...(name === 'write' ? [] : rest));
      throw error;
    };
  }
  return handle;
}

Object.assign(fs.promises, {
  open: async (path, ...rest) => {
    const full = followed(path);
    if (!full) return real.open(path, ...rest);
    const error = failure('open', full);
    if (error) throw error;
    return follow(await real.open(path, ...rest), full, String(rest[0]).startsWith('r+'));
  },
  rename: async (from, to) => {
    const full = followed(to);
    if (!full) return real.rename(from, to);
    keep(full);
    return failing('rename', full, () => real.rename(from, to));
  },
  rm: async (path, ...rest) => {
    const full = followed(path);
    if (full) keep(full);
    return real.rm(path, ...rest);
  },
  unlink: async (path) => {
    const full = followed(path);
    if (full) keep(full);
    return real.unlink(path);
  },
  /** The start of the machine, which only a real power cut would change. */
  readFile: async (path, ...rest) => {
    if (path !== '/proc/sys/kernel/random/boot_id') return real.readFile(path, ...rest);
    return `${process.env.AIRUNS_CHAOS_BOOT}\n`;
  },
  writeFile: async (path, content, options) => {
    const full = followed(path);
    if (!full) return real.writeFile(path, content, options);
    return failing('write', full, async () => {
      await real.writeFile(path, content, options);
      if (options?.flush) noteFile(full, realSync.statSync(full));
    });
  },
});

const openFiles = new Map();
Object.assign(fs, {
  openSync: (path, ...rest) => {
    const full = followed(path);
    const error = full && failure('open', full);
    if (error) throw error;
    const file = realSync.openSync(path, ...rest);
    if (full) openFiles.set(file, full);
    return file;
  },
  closeSync: (file) => {
    openFiles.delete(file);
    return realSync.closeSync(file);
  },
  renameSync: (from, to) => {
    const full = followed(to);
    if (full) keep(full);
    return realSync.renameSync(from, to);
  },
  rmSync: (path, ...rest) => {
    const full = followed(path);
    if (full) keep(full);
    return realSync.rmSync(path, ...rest);
  },
  unlinkSync: (path) => {
    const full = followed(path);
    if (full) keep(full);
    return realSync.unlinkSync(path);
  },
});
for (const name of ['fsyncSync', 'fdatasyncSync']) {
  fs[name] = (file) => {
    const path = openFiles.get(file);
    if (!path) return realSync[name](file);
    const before = realSync.fstatSync(file);
    const entries = before.isDirectory() ? entriesOf(path) : null;
    const error = failure('sync', path);
    if (error) throw error;
    realSync[name](file);
    if (entries) note({ folder: path, entries });
    else noteFile(path, before);
  };
}
syncBuiltinESMExports();
