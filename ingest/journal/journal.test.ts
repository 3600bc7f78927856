import { copyFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FailingDisk } from '../../test/support/failing-disk.ts';
import { Journal, type JournalOptions, type Segment } from './journal.ts';
import { JournalError } from './leftovers.ts';
import { readName, writeName } from './names.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airuns-journal-'));
});
afterEach(() => rm(dir, { recursive: true }));

const block = (text: string): Buffer => Buffer.from(text);
/** What the next process will load. */
const leftBehind = async (options?: JournalOptions): Promise<string[]> => {
  const { left } = await Journal.open(dir, options);
  return Promise.all(left.map((segment) => readFile(segment.file, 'utf8')));
};
/** A journal of batches with these texts, left by a process that ended. */
const written = async (...texts: string[]): Promise<Segment[]> => {
  const journal = await Journal.open(dir);
  const segments: Segment[] = [];
  for (const text of texts) segments.push(await journal.append(block(text)));
  return segments;
};

describe('a batch', () => {
  it('that was appended is found by the next process, in order', async () => {
    const journal = await Journal.open(dir);
    for (let i = 0; i < 12; i++) await journal.append(block(`batch ${i}`));
    expect(await leftBehind()).toEqual(Array.from({ length: 12 }, (_, i) => `batch ${i}`));
  });

  it('that was released is not', async () => {
    const journal = await Journal.open(dir);
    const first = await journal.append(block('first'));
    await journal.append(block('second'));
    await journal.release([first], 'note');
    expect(await leftBehind()).toEqual(['second']);
    expect((await Journal.open(dir)).checkpointed).toEqual({ token: first.token, note: 'note' });
    await expect(journal.release([first], null)).resolves.toBeUndefined();
  });

  it('that was released is not, although its file came back', async () => {
    const journal = await Journal.open(dir);
    const [first, second] = [await journal.append(block('first')), await journal.append(block('second'))];
    await copyFile(first.file, join(dir, 'copy'));
    await journal.release([first], null);
    await rename(join(dir, 'copy'), first.file);
    expect(await leftBehind()).toEqual(['second']);
    await journal.release([second], null);
    expect(await leftBehind()).toEqual([]);
  });

  it('has a token that no other batch ever had, in whatever process', async () => {
    const tokens: string[] = [];
    for (let process = 0; process < 3; process++) {
      const journal = await Journal.open(dir);
      for (let i = 0; i < 3; i++) tokens.push((await journal.append(block('x'))).token);
    }
    expect(new Set(tokens).size).toBe(9);
    expect(tokens).toEqual([...tokens].sort());
  });

  it.each(['', 'nonsense', '1', 'NaN 123e4567'])('has one also where the count of processes is damaged: %j', async (text) => {
    const tokens: string[] = [];
    for (let process = 0; process < 3; process++) {
      await Journal.open(dir);
      if (process === 0) await writeFile(join(dir, 'epoch'), text);
      tokens.push((await (await Journal.open(dir)).append(block(`${process}`))).token);
    }
    expect(new Set(tokens).size).toBe(3);
    expect(await leftBehind()).toEqual(['0', '1', '2']);
  });

  it('is loaded after those that were left, also where the count of processes is gone', async () => {
    for (let process = 0; process < 9; process++) await Journal.open(dir);
    const journal = await Journal.open(dir);
    await journal.release([await journal.append(block('covered'))], null);
    await rm(join(dir, 'epoch'));
    await written('kept');
    expect(await leftBehind()).toEqual(['kept']);
  });

  it('counts on from those that were left', async () => {
    await written('left');
    const journal = await Journal.open(dir);
    expect(journal.left.map(({ batch }) => batch)).toEqual([1]);
    expect((await journal.append(block('new'))).batch).toBe(2);
  });

  it('of version 0.1 is found, whatever numbers that version skipped', async () => {
    for (const number of ['0000000002', '0000000007']) await writeFile(join(dir, `00000003-0a1b2c3d-${number}.native`), number);
    await writeFile(join(dir, 'epoch'), '00000003 0a1b2c3d-0000-4000-8000-000000000000\n');
    const { left } = await Journal.open(dir);
    expect(left.map(({ token }) => token)).toEqual(['00000003-0a1b2c3d-0000000002', '00000003-0a1b2c3d-0000000007']);
  });
});

describe('several segments', () => {
  it('are found all, in order, and can be released one after another', async () => {
    const journal = await Journal.open(dir);
    const before = await journal.append(block('before'));
    const group = await journal.appendAll(['a', 'b', 'c'].map(block));
    await journal.append(block('after'));
    expect(group.map(({ batch }) => batch)).toEqual([2, 3, 4]);
    expect(await leftBehind()).toEqual(['before', 'a', 'b', 'c', 'after']);
    await journal.release([before, group[0]!], null);
    expect(await leftBehind()).toEqual(['b', 'c', 'after']);
  });

  it('are found all or none, at whatever call the process ended', async () => {
    const probe = new FailingDisk();
    await (await Journal.open(dir, { fs: probe })).appendAll(['a', 'b', 'c'].map(block));
    const calls = probe.calls.length - 1;
    expect(probe.calls.slice(1)).toEqual([
      ...['create', 'write', 'sync', 'create', 'write', 'sync', 'create', 'write', 'sync'],
      ...['rename', 'rename', 'syncFolder', 'rename', 'syncFolder'],
    ]);
    for (let n = 1; n <= calls; n++) {
      await clear();
      const fs = new FailingDisk();
      const journal = await Journal.open(dir, { fs });
      const from = fs.calls.length;
      // From this call on nothing works any more: the process is as good as gone, and cannot clear up behind itself.
      fs.fails = (_call, number) => (number >= from + n ? 'EIO' : null);
      await expect(journal.appendAll(['a', 'b', 'c'].map(block))).rejects.toThrow('EIO');
      expect([[], ['a', 'b', 'c']], probe.calls[n]).toContainEqual(await leftBehind());
    }
  });
});

describe('case 39: a journal', () => {
  it('with a torn tail is cut silently: it was never acknowledged', async () => {
    const [first] = await written('first');
    await writeFile(`${first!.file.replace('0000000001-', '0000000002-')}.tmp`, 'half');
    const journal = await Journal.open(dir);
    expect([journal.left.length, journal.lost]).toEqual([1, []]);
    expect((await readdir(dir)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it.each([
    ['a bit flipped', (text: Buffer) => Buffer.concat([Buffer.of(text[0]! ^ 1), text.subarray(1)])],
    ['its end cut off', (text: Buffer) => text.subarray(0, -1)],
    ['something behind its end', (text: Buffer) => Buffer.concat([text, Buffer.of(0)])],
    ['nothing in it', () => Buffer.alloc(0)],
  ])('that has a segment with %s sets it aside, says so in a line, and serves the rest', async (_name, spoil) => {
    const segments = await written('first', 'second', 'third');
    const { file } = segments[1]!;
    await writeFile(file, spoil(await readFile(file)));
    const journal = await Journal.open(dir);
    expect(await Promise.all(journal.left.map((segment) => readFile(segment.file, 'utf8')))).toEqual(['first', 'third']);
    expect(journal.lost).toEqual([expect.stringMatching(/^the journal's segment .*0000000002-.*NOT in the books$/)]);
    expect(await readdir(join(dir, 'damaged'))).toEqual([basename(file)]);
    // It is no loss that nobody heard of: the next start goes on.
    expect(await leftBehind()).toEqual(['first', 'third']);
  });

  it.each([
    ['in the middle', 1],
    ['at the beginning, where a checkpoint says so', 0],
  ])('that lacks a segment %s refuses the start in a line that says what to do', async (_name, missing) => {
    const journal = await Journal.open(dir);
    await journal.release([await journal.append(block('covered'))], null);
    const segments = [await journal.append(block('a')), await journal.append(block('b')), await journal.append(block('c'))];
    await rm(segments[missing]!.file);
    await expect(Journal.open(dir)).rejects.toThrow(JournalError);
    await expect(Journal.open(dir)).rejects.toThrow(
      /^The journal in .* lacks the batch .*: put the missing file back, or set AIRUNS_ACCEPT_LOSS=1[^\n]*$/,
    );
    const accepted = await Journal.open(dir, { acceptLoss: true });
    expect([accepted.left.length, accepted.lost.length]).toEqual([2, 1]);
  });

  it('that lacks the first segment of a later process refuses the start', async () => {
    const journal = await Journal.open(dir);
    await journal.release([await journal.append(block('covered'))], null);
    const [first] = await written('a', 'b');
    await rm(first!.file);
    await expect(leftBehind()).rejects.toThrow('lacks the batch');
  });

  it.each([0, 1, 2])('keeps the other parts of a group of which part %d was damaged, start after start', async (damaged) => {
    const journal = await Journal.open(dir);
    const group = await journal.appendAll(['a', 'b', 'c'].map(block));
    await writeFile(group[damaged]!.file, 'X');
    const rest = ['a', 'b', 'c'].filter((_, i) => i !== damaged);
    // A process that is killed before it loads them must not be the last that sees them.
    for (let start = 0; start < 3; start++) expect(await leftBehind(), `start ${start}`).toEqual(rest);
    expect(await readdir(join(dir, 'damaged'))).toEqual([basename(group[damaged]!.file)]);
  });

  it('that lacks the last part of a group refuses the start where later batches prove that it was acknowledged', async () => {
    const journal = await Journal.open(dir);
    const group = await journal.appendAll(['a', 'b', 'c'].map(block));
    await journal.append(block('later'));
    await rm(group[2]!.file);
    await expect(Journal.open(dir)).rejects.toThrow('lacks the batch');
    expect(await leftBehind({ acceptLoss: true })).toEqual(['a', 'b', 'later']);
  });

  it('that has a segment twice refuses the start', async () => {
    const [first] = await written('first', 'second');
    const other = writeName({ ...readName(basename(first!.file))!, content: { bytes: 5, crc: crc32('other') } });
    await writeFile(join(dir, other), 'other');
    await expect(leftBehind()).rejects.toThrow(/^The journal has batch .* twice .*AIRUNS_ACCEPT_LOSS=1/);
    expect(await leftBehind({ acceptLoss: true })).toHaveLength(2);
  });

  it('of a newer version refuses the start', async () => {
    await written('first');
    await writeFile(join(dir, 'v9-00000002-0a1b2c3d-0000000001.native'), 'future');
    await expect(leftBehind()).rejects.toThrow(/which this version cannot read: start the newer version/);
    expect(await leftBehind({ acceptLoss: true })).toEqual(['first']);
  });

  it('whose checkpoint is torn takes the one before', async () => {
    const journal = await Journal.open(dir);
    const segments = [await journal.append(block('a')), await journal.append(block('b')), await journal.append(block('c'))];
    await journal.release([segments[0]!], 'first');
    await journal.release([segments[1]!], 'second');
    // The second checkpoint went to the first file.
    await writeFile(join(dir, 'checkpoint.a'), Buffer.alloc(100));
    // What it had let go of is missing now, and that is said rather than overlooked.
    await expect(Journal.open(dir)).rejects.toThrow('lacks the batch');
    expect((await Journal.open(dir, { acceptLoss: true })).checkpointed).toEqual({ token: segments[0]!.token, note: 'first' });
  });
});

describe.each(['EIO', 'EACCES', 'ENOSPC'])('case 41: a disk that fails with %s', (code) => {
  /** Calls of one append that works. */
  async function callsOfAnAppend(): Promise<string[]> {
    const fs = new FailingDisk();
    const journal = await Journal.open(dir, { fs });
    fs.calls.length = 0;
    await journal.append(block('probe'));
    await clear();
    return [...fs.calls];
  }

  it('at any call of an append leaves no batch that was not acknowledged, and the next append works', async () => {
    const calls = await callsOfAnAppend();
    expect(calls).toEqual(['create', 'write', 'sync', 'rename', 'syncFolder']);
    for (let n = 1; n <= calls.length; n++) {
      await clear();
      const fs = new FailingDisk();
      const journal = await Journal.open(dir, { fs });
      fs.calls.length = 0;
      fs.fails = (_call, number) => (number === n ? code : null);
      await expect(journal.append(block('lost')), calls[n - 1]).rejects.toThrow(code);
      expect(await leftBehind(), calls[n - 1]).toEqual([]);
      await journal.append(block('kept'));
      expect(await leftBehind(), calls[n - 1]).toEqual(['kept']);
    }
  });

  it('and cannot even remove the batch takes no further one until it can', async () => {
    const calls = await callsOfAnAppend();
    for (let n = 1; n <= calls.length; n++) {
      await clear();
      const fs = new FailingDisk();
      const journal = await Journal.open(dir, { fs });
      fs.calls.length = 0;
      fs.fails = (call, number) => (number === n || call === 'remove' ? code : null);
      await expect(journal.append(block('lost'))).rejects.toThrow(code);
      // Its sender was told to come again, and its spans may now be booked by another batch: both would count.
      fs.fails = (call) => (call === 'remove' ? code : null);
      await expect(journal.append(block('refused')), calls[n - 1]).rejects.toThrow(code);
      fs.fails = () => null;
      await journal.append(block('kept'));
      expect(await leftBehind(), calls[n - 1]).toEqual(['kept']);
    }
  });

  it('makes no journal where the folder cannot be made', async () => {
    await writeFile(join(dir, 'file'), '');
    await expect(Journal.open(join(dir, 'file', 'journal'))).rejects.toThrow();
  });
});

/** An empty folder again. */
async function clear(): Promise<void> {
  await rm(dir, { recursive: true });
  await Journal.open(dir);
}
