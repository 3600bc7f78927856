import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What a power cut did, in files. */
export interface Damage {
  removed: number;
  cut: number;
  undone: number;
}

/** What is on the disk for certain: how much of each file (by inode), and which names (by folder, name to inode). */
interface Safe {
  readonly sizes: Map<number, number>;
  readonly folders: Map<string, Map<string, number>>;
}

interface Found {
  readonly path: string;
  readonly ino: number;
  readonly size: number;
}

/** All that is there now counts as safe, as after a boot: nothing is in the page cache only. */
export function takeStock(dataDir: string, side: string): void {
  const lines = filesBelow(dataDir).map(({ path, ino, size }) => `${ino} ${size} ${path.slice(dataDir.length + 1)}`);
  fs.writeFileSync(join(side, 'checkpoint'), `${lines.join('\n')}\n`);
  fs.writeFileSync(join(side, 'synced.log'), '');
  for (const kept of ['removed', 'before']) {
    fs.rmSync(join(side, kept), { recursive: true, force: true });
    fs.mkdirSync(join(side, kept));
  }
}

/**
 * What a power cut may leave of the data of a process that was killed: of everything that no sync covered, any part. A file may be there
 * whole, in part, with zeros at its end, under its old name or not at all; one that was deleted may be back.
 */
export function cutPower(dataDir: string, side: string, next: () => number): Damage {
  const safe = readSafe(dataDir, side);
  const damage: Damage = { removed: 0, cut: 0, undone: 0 };
  const engine = join(dataDir, 'store');
  for (const [folder, files] of byFolder(filesBelow(dataDir))) {
    const ofEngine = folder === engine || folder.startsWith(`${engine}/`);
    if (ofEngine) cutPart(folder, files, safe, next, damage);
    else cutFolder(folder, files, safe, side, next, damage);
  }
  takeStock(dataDir, side);
  return damage;
}

function byFolder(files: readonly Found[]): Map<string, Found[]> {
  const folders = new Map<string, Found[]>();
  for (const file of files) {
    const folder = folders.get(dirname(file.path));
    if (folder) folder.push(file);
    else folders.set(dirname(file.path), [file]);
  }
  return folders;
}

/** Files of the engine: it syncs none of its own. A folder of them is a part, which is there whole, or gone, or anything between. */
function cutPart(folder: string, files: readonly Found[], safe: Safe, next: () => number, damage: Damage): void {
  const fate = next();
  for (const file of files) {
    const named = safe.folders.get(dirname(file.path))?.get(basename(file.path)) === file.ino;
    if (!named && (fate < 0.3 || (fate < 0.7 && next() < 0.3))) {
      fs.rmSync(file.path);
      damage.removed++;
    } else if (fate < 0.7) cutFile(file, safe, next, damage);
  }
  // A part of which not even the folder is left is missed by nobody who does not count.
  if (fate < 0.2 && fs.readdirSync(folder).length === 0) fs.rmdirSync(folder);
}

/** Files of the journal: names are safe since the last sync of their folder, bytes since the last of the file. */
function cutFolder(folder: string, files: readonly Found[], safe: Safe, side: string, next: () => number, damage: Damage): void {
  const names = safe.folders.get(folder) ?? new Map<string, number>();
  const present = new Map(files.map((file) => [basename(file.path), file.ino]));
  for (const file of files) {
    if (names.get(basename(file.path)) !== file.ino && next() < 0.5) {
      undo(file, names, present, damage);
      continue;
    }
    takeBack(file, side, next, damage);
    cutFile(file, safe, next, damage);
  }
  for (const [name, ino] of names) {
    const kept = join(side, 'removed', String(ino));
    if (present.has(name) || next() < 0.5 || fs.lstatSync(kept, { throwIfNoEntry: false })?.ino !== ino) continue;
    fs.rmSync(join(folder, name), { force: true });
    fs.linkSync(kept, join(folder, name));
    damage.undone++;
  }
}

/** A name that was not synced: the file is back under the name it had, or gone. */
function undo(file: Found, names: ReadonlyMap<string, number>, present: ReadonlyMap<string, number>, damage: Damage): void {
  const before = [...names].find(([name, ino]) => ino === file.ino && !present.has(name));
  if (before) {
    fs.renameSync(file.path, join(dirname(file.path), before[0]));
    damage.undone++;
  } else {
    fs.rmSync(file.path);
    damage.removed++;
  }
}

/** A file that was written over in place and not synced since: it is as before, as now, or partly both. */
function takeBack({ path, ino }: Found, side: string, next: () => number, damage: Damage): void {
  const kept = join(side, 'before', String(ino));
  const fate = next();
  if (fate < 0.3 || !fs.existsSync(kept)) return;
  const before = fs.readFileSync(kept);
  const now = fs.readFileSync(path);
  const from = fate < 0.6 ? 0 : Math.floor(next() * before.length);
  fs.writeFileSync(path, Buffer.concat([now.subarray(0, from), before.subarray(from), now.subarray(before.length)]));
  damage.undone++;
}

function cutFile({ path, ino, size }: Found, safe: Safe, next: () => number, damage: Damage): void {
  const synced = Math.min(size, safe.sizes.get(ino) ?? 0);
  if (size === synced) return;
  const fate = next();
  if (fate < 0.3) return;
  const end = fate < 0.5 ? synced : synced + Math.floor(next() * (size - synced));
  damage.cut++;
  if (fate < 0.8) return fs.truncateSync(path, end);
  const file = fs.openSync(path, 'r+');
  fs.writeSync(file, Buffer.alloc(size - end), 0, size - end, end);
  fs.closeSync(file);
}

function readSafe(dataDir: string, side: string): Safe {
  const safe: Safe = { sizes: new Map(), folders: new Map() };
  const noteSize = (ino: number, size: number): void => void safe.sizes.set(ino, Math.max(size, safe.sizes.get(ino) ?? 0));
  // The checkpoint may be older or newer than lines of the log; what either says is safe.
  for (const line of lines(join(side, 'checkpoint'))) {
    const [ino, size, ...rest] = line.split(' ');
    const path = join(dataDir, rest.join(' '));
    noteSize(Number(ino), Number(size));
    const folder = safe.folders.get(dirname(path)) ?? new Map<string, number>();
    safe.folders.set(dirname(path), folder.set(basename(path), Number(ino)));
  }
  for (const line of lines(join(side, 'synced.log'))) {
    const entry = JSON.parse(line) as { ino: number; size: number } | { folder: string; entries: [string, number][] };
    if ('folder' in entry) safe.folders.set(entry.folder, new Map(entry.entries));
    else noteSize(entry.ino, entry.size);
  }
  return safe;
}

/** A line that the kill cut off says nothing: its sync did not return. */
function lines(file: string): string[] {
  const text = fs.readFileSync(file, 'utf8');
  return text.split('\n').slice(0, -1);
}

function filesBelow(folder: string): Found[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    if (!entry.isFile()) return [];
    const { ino, size } = fs.lstatSync(path);
    return [{ path, ino, size }];
  });
}
