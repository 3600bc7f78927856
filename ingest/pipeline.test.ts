import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { makeDraft, TRACE } from '../test/support/otlp-drafts.ts';
import { requestOf, type SpanInput, spanMessage } from '../test/support/otlp-wire.ts';
import { Interpreter, type Marker } from './interpret/interpret.ts';
import type { Journal, Segment } from './journal/journal.ts';
import type { Loader } from './load/loader.ts';
import { Pipeline } from './pipeline.ts';
import type { IngestRequest, IngestResult, Touched } from './protocol.ts';
import { diff } from './settle/diff.ts';
import { resolve } from './settle/resolve.ts';
import { type Lookup, Settler } from './settle/settle.ts';

const GB = 1024 ** 3;

/** A pipeline whose disk and store do what the test says. */
function start(options: { lookup?: Lookup; rowsAtOnce?: number; queuedBytes?: number; recentBytes?: number } = {}) {
  const appends: { block: Buffer; done(): void; fail(): void }[] = [];
  const added: Segment[] = [];
  const answers: { id: number; result: IngestResult }[] = [];
  const markers: Marker[] = [];
  const touched: Touched[] = [];
  const troubles: string[] = [];
  const journal = {
    append: (block: Buffer) =>
      new Promise<Segment>((resolve, reject) => {
        const batch = appends.length + 1;
        // The block is the builder's own memory: what is written must be what was given.
        const copy = Buffer.from(block);
        appends.push({
          block: copy,
          done: () => resolve({ batch, file: '', token: `t${batch}`, bytes: copy.length, at: 0 }),
          fail: () => reject(new Error('ENOSPC')),
        });
      }),
  } as unknown as Journal;
  const loader = { queued: 0, queuedBytes: options.queuedBytes ?? 0, lastMs: 0, add: (segment: Segment) => added.push(segment) };
  const { lookup = async () => [], rowsAtOnce = 1000 } = options;
  const settler = new Settler({ lookup, rowsAtOnce, seenMegabytes: 1 });
  settler.seen.complete = options.lookup === undefined;
  if (options.recentBytes !== undefined) Object.defineProperty(settler, 'recentBytes', { value: options.recentBytes });
  const pipeline = new Pipeline(settler, journal, loader as unknown as Loader, new Interpreter(), {
    answer: (results) => answers.push(...results),
    markers: (found) => markers.push(...found),
    touched: (runs) => touched.push(...runs),
    trouble: (message) => troubles.push(message),
  });
  let id = 0;
  const submit = (body: Buffer, over: Partial<IngestRequest> = {}): number => {
    pipeline.submit({ id: ++id, project: 'p', signal: 'traces', body, json: false, gzip: false, ...over });
    return id;
  };
  const send = (...spans: SpanInput[]): number => submit(requestOf(...spans.map(spanMessage)));
  const append = (n: number) => vi.waitFor(() => appends[n] ?? Promise.reject(new Error('no such append yet')));
  const answered = (n: number) => vi.waitFor(() => expect(answers).toHaveLength(n));
  return { pipeline, appends, added, answers, markers, touched, troubles, submit, send, append, answered, loader };
}

const call = (spanId: string, text = 'a text'): SpanInput => ({
  spanId: spanId.padStart(16, '0'),
  attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.input.messages': JSON.stringify([{ role: 'user', content: text }]) },
});

const stored = { outcome: 'stored', rejected: 0, message: '' };

describe('an answer', () => {
  it('is given when the batch is durable, not before, and to all who are in it', async () => {
    const { send, append, answers, answered, added } = start();
    send(call('a'));
    const first = await append(0);
    send(call('b'));
    send(call('c'));
    expect([answers, added]).toEqual([[], []]);
    first.done();
    await answered(1);
    const second = await append(1);
    expect([answers.length, added.length]).toEqual([1, 1]);
    second.done();
    await answered(3);
    expect(answers).toEqual([1, 2, 3].map((id) => ({ id, result: stored })));
    expect(added).toHaveLength(2);
  });

  it.each<[string, Partial<IngestRequest>, Buffer, string]>([
    ['malformed protobuf', {}, Buffer.of(0x0a, 9), 'malformed'],
    ['malformed JSON', { json: true }, Buffer.from('{'), 'malformed'],
    ['malformed gzip', { gzip: true }, Buffer.from('plain'), 'malformed'],
    ['cut gzip', { gzip: true }, gzipSync(Buffer.alloc(1000)).subarray(0, 20), 'malformed'],
    ['a bomb', { gzip: true }, gzipSync(Buffer.alloc(65 * 1024 * 1024)), 'too_large'],
    ['a small bomb', { gzip: true }, gzipSync(Buffer.alloc(2 * 1024 * 1024)), 'too_large'],
    ['malformed logs', { signal: 'logs' }, Buffer.of(0x0a, 9), 'malformed'],
    ['malformed metrics', { signal: 'metrics' }, Buffer.of(0x0a, 9), 'malformed'],
    ['malformed metrics in JSON', { signal: 'metrics', json: true }, Buffer.from('null'), 'malformed'],
  ])('to %s is given at once and leaves nothing', async (_name, over, body, outcome) => {
    const { submit, answers, pipeline, appends } = start();
    submit(body, over);
    expect(answers).toMatchObject([{ id: 1, result: { outcome } }]);
    await pipeline.drain();
    expect(appends).toEqual([]);
  });

  it('to a request without a valid span is given when the refusals are on the books', async () => {
    const { submit, append, answered, answers, pipeline } = start();
    submit(requestOf(spanMessage({ traceId: '' }), spanMessage({ spanId: '' })));
    const { block, done } = await append(0);
    expect(answers).toEqual([]);
    expect(block.includes('invalid_trace_id')).toBe(true);
    done();
    await answered(1);
    expect(answers[0]!.result).toMatchObject({
      outcome: 'none_valid',
      rejected: 2,
      message: expect.stringContaining('logs look like this'),
    });
    expect(pipeline.stats()).toMatchObject({ spans: 0, rejected: 2 });
  });

  it('says what was refused of a request', async () => {
    const { submit, append, answered, answers } = start();
    submit(requestOf(spanMessage(call('a')), spanMessage({ traceId: '' }), spanMessage({ spanId: '' })));
    (await append(0)).done();
    await answered(1);
    expect(answers[0]!.result).toMatchObject({ outcome: 'stored', rejected: 2 });
    expect((answers[0]!.result as { message: string }).message).toMatch(/1 x trace_id.*1 x span_id/);
  });
});

describe('late spans of more traces than may be looked up at once', () => {
  /** A store that has one row of every trace, and answers for one trace at a time. */
  const lookup: Lookup = async (_project, traceIds, spanIds, enough) => {
    const asked = spanIds ? traceIds : traceIds.slice(0, 1);
    if (asked.length < traceIds.length) enough!.left(traceIds.slice(1));
    const drafts = asked.map((traceId) => makeDraft({ traceId, spanId: 'f'.repeat(16) }));
    return drafts.flatMap((draft) => diff(new Map(), [draft], resolve([draft]), 1, []));
  };
  const traces = ['1', '2', '3'].map((digit) => digit.repeat(32));

  it('are journaled in several batches, and answered together when the last is durable', async () => {
    const { submit, append, answers, answered, pipeline, added } = start({ lookup, rowsAtOnce: 1 });
    submit(requestOf(...traces.map((traceId) => spanMessage({ ...call('a', `said in ${traceId}`), traceId }))));
    for (const [i, traceId] of traces.entries()) {
      const { block, done } = await append(i);
      expect(traces.map((of) => block.includes(`said in ${of}`))).toEqual(traces.map((of) => of === traceId));
      expect(answers).toEqual([]);
      done();
    }
    await answered(1);
    expect(answers[0]!.result).toEqual(stored);
    expect(added).toHaveLength(3);
    expect(pipeline.stats()).toMatchObject({ spans: 3, duplicates: 0, batches: 3 });
  });

  it('are told to come again where one of them cannot be written; what was is known then', async () => {
    const { submit, append, answers, answered, pipeline } = start({ lookup, rowsAtOnce: 1 });
    const body = requestOf(...traces.map((traceId) => spanMessage({ ...call('a'), traceId })));
    submit(body);
    (await append(0)).done();
    (await append(1)).fail();
    await answered(1);
    expect(answers[0]!.result.outcome).toBe('busy');
    submit(body);
    for (let i = 2; i < 4; i++) (await append(i)).done();
    await answered(2);
    expect(answers[1]!.result).toEqual(stored);
    expect(pipeline.stats()).toMatchObject({ spans: 3, duplicates: 1, batches: 3 });
  });
});

describe('requests that come while a batch is written', () => {
  it('wait for the next one, and are settled after it', async () => {
    const { send, append, appends, answered } = start();
    send(call('a'));
    const first = await append(0);
    send(call('a'));
    send(call('b'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(appends).toHaveLength(1);
    first.done();
    (await append(1)).done();
    await answered(3);
  });
});

describe('a batch that cannot be written', () => {
  it('is answered with "come again", told, and never loaded', async () => {
    const { send, append, answers, answered, added, troubles } = start();
    send(call('a'));
    (await append(0)).fail();
    await answered(1);
    expect(answers[0]!.result.outcome).toBe('busy');
    expect(added).toEqual([]);
    expect(troubles[0]).toContain('ENOSPC');
  });

  it('is forgotten whole: what comes again is booked, with its texts', async () => {
    const { send, append, answered, pipeline } = start();
    send(call('a', 'said only once'));
    const lost = await append(0);
    lost.fail();
    await answered(1);
    send(call('a', 'said only once'));
    const again = await append(1);
    again.done();
    await answered(2);
    // Word for word the same block but for the time it was seen.
    expect(again.block.length).toBe(lost.block.length);
    expect(again.block.includes('said only once')).toBe(true);
    expect(pipeline.stats()).toMatchObject({ spans: 1, duplicates: 0, batches: 1 });
  });

  it('is not one with a value in it that cannot be read: its span is refused alone', async () => {
    const { submit, append, answered, answers } = start();
    const unreadable = Buffer.of(0x2a, 2, 0x0a, 9);
    submit(requestOf(spanMessage(call('a')), spanMessage({ ...call('b'), attributes: { 'of no dialect': unreadable } })));
    (await append(0)).done();
    await answered(1);
    expect(answers[0]!.result).toMatchObject({ outcome: 'stored', rejected: 1 });
  });

  it('does not spoil the batch that gathers meanwhile', async () => {
    const { send, append, answered, answers } = start();
    send(call('a'));
    const first = await append(0);
    send(call('b'));
    first.fail();
    (await append(1)).done();
    await answered(2);
    expect(answers.map(({ result }) => result.outcome)).toEqual(['busy', 'stored']);
  });

  it('leaves nothing of one project where another cannot be booked', async () => {
    let away = true;
    const lookup: Lookup = async (project) => {
      if (project === 'q' && away) throw new Error('the store is away');
      return [];
    };
    const { submit, send, append, answered, appends } = start({ lookup });
    const body = (spanId: string) => requestOf(spanMessage(call(spanId)));
    send({ ...call('f'), traceId: 'f'.repeat(32) });
    const first = await append(0);
    for (const project of ['p', 'q']) submit(body('a'), { project });
    first.done();
    await answered(3);
    expect(appends).toHaveLength(1);
    away = false;
    submit(body('a'), { project: 'p' });
    // A block says how many columns, then how many rows it has: the first is that of entries.
    expect((await append(1)).block[1]).toBe(1);
  });

  it('is so also where the store cannot be asked what is booked', async () => {
    let asked = 0;
    const lookup: Lookup = async () => {
      if (asked++ === 0) throw new Error('the store is away');
      return [];
    };
    const { send, append, answered, answers, appends } = start({ lookup });
    send(call('a'));
    await answered(1);
    expect([answers[0]!.result.outcome, appends.length]).toEqual(['busy', 0]);
    send(call('a'));
    (await append(0)).done();
    await answered(2);
    expect(answers[1]!.result).toEqual(stored);
  });
});

describe('texts', () => {
  it('are written once, however often they are said', async () => {
    const { send, append, answered } = start();
    send(call('a', 'said again and again'));
    (await append(0)).done();
    await answered(1);
    send(call('b', 'said again and again'));
    const second = await append(1);
    second.done();
    await answered(2);
    expect(second.block.includes('said again and again')).toBe(false);
  });
});

describe('too much work', () => {
  it.each([
    ['batches wait for the store', { queuedBytes: GB }],
    ['traces cannot be forgotten before the store has them', { recentBytes: 2 * GB }],
  ])('is refused while too many %s', (_name, options) => {
    const { send, answers } = start(options);
    send(call('a'));
    expect(answers).toMatchObject([{ id: 1, result: { outcome: 'busy' } }]);
  });

  it('is refused where more gathers than the memory should hold, though it is small on the wire', async () => {
    const { send, submit, append, answers } = start();
    send(call('a'));
    await append(0);
    // Just short of what is refused as a bomb by itself.
    const text = Array.from({ length: 5000 }, () => 'x'.repeat(8000) + randomBytes(40).toString('hex')).join('');
    const bomb = gzipSync(requestOf(spanMessage({ attributes: { k: text } })));
    for (let i = 0; i < 8; i++) submit(bomb, { gzip: true });
    expect(answers.length).toBeGreaterThan(1);
    expect(answers.every(({ result }) => result.outcome === 'busy')).toBe(true);
  });
});

describe('counters', () => {
  it('balance, and know nothing of what was not stored', async () => {
    const { send, submit, append, answered, pipeline } = start();
    send(call('a'));
    (await append(0)).fail();
    await answered(1);
    expect(pipeline.stats()).toMatchObject({ spans: 0, duplicates: 0, rejected: 0, batches: 0 });
    submit(requestOf(spanMessage(call('a')), spanMessage(call('a')), spanMessage(call('b')), spanMessage({ traceId: '' })));
    expect(pipeline.stats()).toMatchObject({ spans: 0 });
    (await append(1)).done();
    await answered(2);
    expect(pipeline.stats()).toMatchObject({ spans: 2, duplicates: 1, rejected: 1, batches: 1 });
  });
});

describe('listeners', () => {
  it('hear of a run when the store has it', async () => {
    const { send, append, answered, added, pipeline, touched } = start();
    send(call('a'));
    (await append(0)).done();
    await answered(1);
    expect(touched).toEqual([]);
    pipeline.loaded(added[0]!);
    expect(touched).toEqual([{ runId: TRACE, traceId: TRACE, tasks: 1, isNew: true, finished: true }]);
  });

  it('hear of a marker when its request is answered, and not after the end of its run', async () => {
    const { send, append, answered, markers } = start();
    const marker: SpanInput = { spanId: '00000000000000ff', attributes: { 'airuns.live': 'start', 'airuns.run.id': 'R' } };
    send(marker);
    const first = await append(0);
    expect(markers).toEqual([]);
    first.done();
    await answered(1);
    expect(markers).toMatchObject([{ runId: 'R', traceId: TRACE }]);
    send(call('a'));
    (await append(1)).done();
    await answered(2);
    send(marker);
    (await append(2)).done();
    await answered(3);
    expect(markers).toHaveLength(1);
  });
});

describe('draining', () => {
  it('ends when everything submitted is answered, written or not', async () => {
    const { send, append, answers, pipeline } = start();
    send(call('a'));
    const first = await append(0);
    send(call('b'));
    const drained = pipeline.drain();
    first.fail();
    (await append(1)).done();
    await drained;
    expect(answers.map(({ result }) => result.outcome)).toEqual(['busy', 'stored']);
  });
});
