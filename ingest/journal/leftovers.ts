import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { JournalFs } from './disk.ts';
import { byAge, countOf, readName, readToken, type SegmentName, tokenOf } from './names.ts';

/** The journal cannot be trusted as it is. The message is one line that says what to do. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** What an earlier process left, checked. */
export interface Leftovers {
  /** Whole, oldest first. */
  readonly segments: readonly SegmentName[];
  /** One line for each acknowledged batch that cannot be loaded. */
  readonly lost: readonly string[];
  /** The highest count of processes that any name speaks of. */
  readonly count: number;
}

export const DAMAGED = 'damaged';

/**
 * Looks through a journal folder before anything of it is loaded. What was never acknowledged is removed, what the store has safely (up to
 * the token `covered`) too; a segment whose bytes are not those that were written goes to `damaged/` and the rest is served.
 * @param acceptLoss go on where segments are missing, double or of a newer format
 * @throws JournalError where they are and nobody accepted it: loading the rest would book corrections of what is not there
 */
export async function readLeftovers(dir: string, fs: JournalFs, covered: string | null, acceptLoss: boolean): Promise<Leftovers> {
  await mkdir(join(dir, DAMAGED), { recursive: true });
  const lost: string[] = [];
  const names = await readdir(dir);
  for (const name of names) if (name.endsWith('.tmp')) await rm(join(dir, name));
  const natives = names.filter((name) => name.endsWith('.native'));
  const setAside = async (name: string, why: string): Promise<void> => {
    await rename(join(dir, name), join(dir, DAMAGED, name));
    await fs.syncFolder(dir);
    lost.push(`the journal's segment ${name} ${why}; it is in ${join(dir, DAMAGED)} and NOT in the books`);
  };
  const refuse = (what: string, advice: string): void => {
    if (!acceptLoss) throw new JournalError(`${what}: ${advice}, or set AIRUNS_ACCEPT_LOSS=1 to start without it.`);
  };

  const known: SegmentName[] = [];
  for (const name of natives) {
    const read = readName(name);
    if (read) known.push(read);
    else {
      refuse(`The journal has ${join(dir, name)}, which this version cannot read`, 'start the newer version that wrote it');
      await setAside(name, 'is of a format that this version does not know');
    }
  }
  const open = await withoutCovered(dir, known.sort(byAge), covered);
  const before = await namesOf(join(dir, DAMAGED));
  const segments: SegmentName[] = [];
  for (const name of await withoutHalfGroups(dir, open, before)) {
    const why = await damage(join(dir, name.name), name);
    if (why === null) segments.push(name);
    else await setAside(name.name, why);
  }
  const single = await withoutDoubles(segments, refuse, setAside);
  const moved = await namesOf(join(dir, DAMAGED));
  for (const gap of gaps([...single, ...moved], covered)) {
    refuse(`The journal in ${dir} lacks ${gap}, which was acknowledged`, 'put the missing file back');
    lost.push(`the journal lacks ${gap}: it is NOT in the books`);
  }
  const epochs = [...known, ...moved].map(({ epoch }) => epoch);
  if (covered) epochs.push(readToken(covered).epoch);
  return { segments: single, lost, count: Math.max(0, ...epochs.map(countOf)) };
}

async function withoutCovered(dir: string, names: readonly SegmentName[], covered: string | null): Promise<SegmentName[]> {
  if (!covered) return [...names];
  const upTo = readToken(covered);
  const open: SegmentName[] = [];
  for (const name of names) {
    const older = countOf(name.epoch) < countOf(upTo.epoch) || (name.epoch === upTo.epoch && name.number <= upTo.number);
    if (older) await rm(join(dir, name.name));
    else open.push(name);
  }
  return open;
}

async function namesOf(folder: string): Promise<SegmentName[]> {
  return (await readdir(folder)).map(readName).filter((name) => name !== null);
}

/**
 * The last part of a group is named last, and released last: where it never was there, the group was not acknowledged. That it was shows in
 * `damaged/`, where an earlier start may have put it, and in batches that the same process wrote after it.
 */
async function withoutHalfGroups(dir: string, names: readonly SegmentName[], damaged: readonly SegmentName[]): Promise<SegmentName[]> {
  const proofs = new Set<string>();
  const latest = new Map<string, number>();
  for (const { epoch, number, part } of [...names, ...damaged]) {
    if (part && part.index === part.count - 1) proofs.add(tokenOf(epoch, number));
    latest.set(epoch, Math.max(latest.get(epoch) ?? 0, number));
  }
  const whole: SegmentName[] = [];
  for (const name of names) {
    const { epoch, number, part } = name;
    const last = part ? number - part.index + part.count - 1 : number;
    if (!part || proofs.has(tokenOf(epoch, last)) || latest.get(epoch)! > last) whole.push(name);
    else await rm(join(dir, name.name));
  }
  return whole;
}

async function withoutDoubles(
  names: readonly SegmentName[],
  refuse: (what: string, advice: string) => void,
  setAside: (name: string, why: string) => Promise<void>,
): Promise<SegmentName[]> {
  const first = new Map<string, SegmentName>();
  for (const name of names) {
    const token = tokenOf(name.epoch, name.number);
    const other = first.get(token);
    if (!other) {
      first.set(token, name);
      continue;
    }
    refuse(`The journal has batch ${token} twice (${other.name} and ${name.name})`, 'remove the one that does not belong there');
    await setAside(name.name, `is a second file of batch ${token}`);
  }
  return [...first.values()];
}

/** Tokens that must have been there. Version 0.1 skipped numbers where a write had failed, so its names prove nothing. */
function gaps(names: readonly SegmentName[], covered: string | null): string[] {
  const upTo = covered ? readToken(covered) : null;
  const checked = names.filter(({ content }) => content !== null).sort(byAge);
  const missing: string[] = [];
  const last = new Map<string, number>();
  for (const { epoch, number } of checked) {
    let expected = last.get(epoch);
    if (expected === undefined) {
      // Where there never was a checkpoint it is not known what was released.
      if (upTo === null) expected = number - 1;
      else expected = epoch === upTo.epoch ? upTo.number : 0;
    }
    if (number > expected + 2) missing.push(`the batches ${tokenOf(epoch, expected + 1)} to ${tokenOf(epoch, number - 1)}`);
    else if (number > expected + 1) missing.push(`the batch ${tokenOf(epoch, expected + 1)}`);
    last.set(epoch, Math.max(expected, number));
  }
  return missing;
}

/** What is wrong with the bytes of a segment; null where they are those that were written. */
async function damage(file: string, { content }: SegmentName): Promise<string | null> {
  if (!content) return null;
  const { size } = await stat(file);
  if (size !== content.bytes) return `has ${size} bytes instead of ${content.bytes}`;
  let crc = 0;
  try {
    for await (const chunk of createReadStream(file)) crc = crc32(chunk as Buffer, crc);
  } catch (error) {
    return `cannot be read (${(error as Error).message})`;
  }
  return crc === content.crc ? null : 'is not what was written (its checksum differs)';
}
