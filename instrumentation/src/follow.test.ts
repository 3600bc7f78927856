import { Readable } from 'node:stream';
import { SpanStatusCode } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Recorder } from '../testing/recorder.ts';
import { activeTask, recordUsage } from './active-task.ts';
import { task } from './task.ts';

let recorder: Recorder;
beforeEach(() => {
  recorder = new Recorder();
});
afterEach(() => recorder.stop());

const ended = async () => (await recorder.spans()).x;
async function* words(...items: string[]) {
  for (const item of items) yield item;
  recordUsage({ output: items.length });
}
async function read(items: AsyncIterable<string>, enough = Number.POSITIVE_INFINITY): Promise<string[]> {
  const seen: string[] = [];
  for await (const item of items) if (seen.push(item) >= enough) break;
  return seen;
}

/** Like the streams of model SDKs: private state, methods of its own, iterable but no iterator. */
class SdkStream implements AsyncIterable<string> {
  readonly #items: string[];
  constructor(items: string[]) {
    this.#items = items;
  }
  size() {
    return this.#items.length;
  }
  [Symbol.asyncIterator]() {
    return words(...this.#items);
  }
}

describe('what fn returns comes through unchanged', () => {
  it('a value, and `this`', async () => {
    const value = { a: 1 };
    const self = { task };
    const got = self.task('x', function (this: unknown) {
      return [this, value] as const;
    });
    expect(got[0]).toBe(self);
    expect(got[1]).toBe(value);
    expect(await ended()).toBeDefined();
  });

  it('a promise: the span ends with it', async () => {
    const { promise, resolve } = withResolvers<string>();
    const got = task('x', () => promise);
    expect(await ended()).toBeUndefined();
    resolve('done');
    expect(await got).toBe('done');
    expect(await ended()).toBeDefined();
  });

  it('a query that starts when it is awaited: started by the caller alone, inside the task', async () => {
    const started: unknown[] = [];
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: this is what query builders are
      then: (done: (rows: number) => unknown, failed: (error: unknown) => unknown) => {
        started.push(activeTask()?.taskId);
        return Promise.resolve(7).then(done, failed);
      },
    };
    let taskId = '';
    const got = task('x', (it) => {
      taskId = it.taskId;
      return query as PromiseLike<number>;
    });
    expect(got).toBe(query);
    expect(started).toEqual([]);
    expect(await got).toBe(7);
    expect(started).toEqual([taskId]);
    expect(await ended()).toBeDefined();
  });

  it('a query that fails: with its own error, and as a failed task', async () => {
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: this is what query builders are
      then: (done: (rows: number) => unknown, failed: (error: unknown) => unknown) =>
        Promise.reject(new RangeError('no such table')).then(done, failed),
    };
    await expect(task('x', async () => task('y', () => query as PromiseLike<number>))).rejects.toThrow('no such table');
    expect((await recorder.spans()).y?.status.code).toBe(SpanStatusCode.ERROR);
  });

  it('a promise with methods of its own: that very object', async () => {
    const special = Object.assign(new (class extends Promise<string> {})((resolve) => resolve('v')), { withResponse: () => 'r' });
    const got = task('x', () => special);
    expect(got).toBe(special);
    await got;
    expect(await ended()).toBeDefined();
  });
});

describe('a stream keeps the span open', () => {
  it.each([
    ['a generator', () => words('a', 'b')],
    ["an SDK's stream", () => new SdkStream(['a', 'b'])],
  ])('%s, until it has been read, and its body runs inside the task', async (_name, make) => {
    const made = make();
    const stream = task('x', { kind: 'llm' }, () => made);
    expect(stream).toBe(made);
    expect(await ended()).toBeUndefined();
    expect(await read(stream)).toEqual(['a', 'b']);
    const span = await ended();
    expect(span?.attributes).toMatchObject({ 'gen_ai.usage.output_tokens': 2 });
    expect(span?.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThanOrEqual(0);
    expect(span?.attributes).not.toHaveProperty(['airuns.status']);
  });

  it('also behind a promise, with its private state intact', async () => {
    const stream = await task('x', { kind: 'llm' }, async () => new SdkStream(['a']));
    expect(stream.size()).toBe(1);
    expect(await ended()).toBeUndefined();
    expect(await read(stream)).toEqual(['a']);
    expect(await ended()).toBeDefined();
  });

  it('until its reader breaks off: cancelled', async () => {
    const stream = task('x', () => words('a', 'b'));
    expect(await read(stream, 1)).toEqual(['a']);
    expect((await ended())?.attributes['airuns.status']).toBe('cancelled');
  });

  it('until it throws: failed', async () => {
    const error = new Error('cut');
    const stream = task('x', async function* () {
      yield 'a';
      throw error;
    });
    await expect(read(stream)).rejects.toBe(error);
    expect((await ended())?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'cut' });
  });

  it.each([
    ['read', (stream: Readable) => stream.resume(), {}, SpanStatusCode.UNSET],
    ['destroyed', (stream: Readable) => stream.destroy(), { 'airuns.status': 'cancelled' }, SpanStatusCode.UNSET],
    ['broken', (stream: Readable) => stream.on('error', () => {}).destroy(new Error('x')), {}, SpanStatusCode.ERROR],
  ])("Node's streams, until they are %s", async (_name, end, attributes, code) => {
    const stream = task('x', () => Readable.from(['a', 'b']));
    const closed = new Promise((resolve) => stream.once('close', resolve));
    expect(await ended()).toBeUndefined();
    end(stream);
    await closed;
    const span = await ended();
    expect(span?.attributes).toMatchObject(attributes);
    expect(span?.status.code).toBe(code);
  });

  it('but not one that cannot be watched', async () => {
    const frozen = Object.freeze(words('a'));
    expect(await read(task('x', () => frozen))).toEqual(['a']);
    expect(await ended()).toBeDefined();
  });
});

function withResolvers<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
