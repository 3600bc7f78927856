import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { verifyBooks } from '../../schema/index.ts';
import { TestServer } from '../support/otlp-server.ts';
import type { SpanInput } from '../support/otlp-wire.ts';
import { until } from '../support/server.ts';

/** A small file system of its own takes the rights of root; without them the failing disk of the journal's unit tests is all there is. */
const MAY_MOUNT = await mayMount();

async function mayMount(): Promise<boolean> {
  const probe = await mkdtemp(join(tmpdir(), 'airuns-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe], { stdio: 'ignore' });
    execFileSync('umount', [probe], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    await rm(probe, { recursive: true, force: true });
  }
}

const START = BigInt(Date.now()) * 1_000_000n - 3600n * 1_000_000_000n;
const call = (): SpanInput => ({
  traceId: randomBytes(16).toString('hex'),
  spanId: randomBytes(8).toString('hex'),
  name: 'chat',
  start: START,
  end: START + 1_000_000_000n,
  attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 10n },
});

it.skipIf(!MAY_MOUNT)('case 40: a full disk under the journal is told to senders, reads go on, and it resumes by itself', async () => {
  const server = await TestServer.open();
  const journal = join(server.books.directory, 'journal');
  await server.ingest.close();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', journal]);
  try {
    await server.restart();
    const spans = (): Promise<{ n: string }[]> => server.query('SELECT count() AS n FROM tasks FINAL');
    const loaded = (n: string): Promise<true> => until(async () => ((await spans())[0]!.n === n ? true : null), `${n} spans`);
    expect((await server.send(call())).status).toBe(200);
    await loaded('1');
    const filler = join(journal, 'filler');
    expect(() => writeFileSync(filler, Buffer.alloc(4 * 1024 * 1024))).toThrow('ENOSPC');
    for (let i = 0; i < 3; i++) {
      const { status, headers } = await server.send(call());
      expect([status, headers['retry-after']]).toEqual([503, expect.any(String)]);
    }
    expect(await spans()).toEqual([{ n: '1' }]);
    rmSync(filler);
    expect((await server.send(call())).status).toBe(200);
    await loaded('2');
    await server.restart();
    expect(await spans()).toEqual([{ n: '2' }]);
    expect((await verifyBooks(server.books.store)).filter(({ mismatches }) => mismatches.length > 0)).toEqual([]);
  } finally {
    await server.ingest.close();
    execFileSync('umount', [journal]);
    await server.close();
  }
});
