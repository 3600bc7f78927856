import { type Context, context } from '@opentelemetry/api';
import { safely } from './safely.ts';

/** Is told how the work went. Exactly one of done, failed and closed counts, the first; none of them throws. */
export interface Watcher {
  done(): void;
  failed(error: unknown): void;
  /** The reader of a stream stopped before its end. */
  closed(): void;
  /** A piece of a stream arrived. */
  chunk(): void;
}

/** Calls `fn` in the context and watches it to its end. Result, `this`, thrown error and timing stay those of `fn`. */
export function watched<A extends unknown[], T>(ctx: Context, watcher: Watcher, self: unknown, fn: (...args: A) => T, ...args: A): T {
  let result: T;
  try {
    result = context.with(ctx, fn as (...args: A) => ReturnType<typeof fn>, self, ...args);
  } catch (error) {
    watcher.failed(error);
    throw error;
  }
  return follow(result, ctx, watcher);
}

function follow<T>(result: T, ctx: Context, watcher: Watcher): T {
  if (!isThenable(result)) {
    followValue(result, ctx, watcher);
    return result;
  }
  const settled = (value: unknown) => {
    followValue(value, ctx, watcher);
    return value;
  };
  if (Object.getPrototypeOf(result) === Promise.prototype) {
    // Derived, not merely listened to: a rejection nobody handles has to stay one.
    const failed = (error: unknown) => {
      watcher.failed(error);
      throw error;
    };
    return result.then(settled, failed) as T;
  }
  // A promise with more to it, such as an SDK's with its own methods: the caller gets that very object.
  if (result instanceof Promise) safely(() => result.then(settled, (error) => watcher.failed(error)));
  else safely(() => followThen(result, ctx, watcher));
  return result;
}

/** What is no promise may start its work when it is asked for the result, and again each time, as query builders do: only the caller asks. */
function followThen(thenable: PromiseLike<unknown>, ctx: Context, watcher: Watcher): void {
  type Callback = ((value: unknown) => unknown) | null | undefined;
  const open = thenable.then as (done: Callback, failed: Callback) => unknown;
  const replaced = replace(thenable, 'then', function (this: unknown, done: Callback, failed: Callback) {
    const settled = (value: unknown) => {
      followValue(value, ctx, watcher);
      return done ? done(value) : value;
    };
    const broken = (error: unknown) => {
      watcher.failed(error);
      if (!failed) throw error;
      return failed(error);
    };
    return context.with(ctx, open, this, settled, broken);
  });
  if (!replaced) watcher.done();
}

/** A stream is not over when it is handed out, but when it has been read. */
function followValue(value: unknown, ctx: Context, watcher: Watcher): void {
  const followed = safely(() => {
    if (isNodeStream(value)) return followNodeStream(value, watcher);
    if (isIterator(value)) return followIterator(value, ctx, watcher);
    if (isAsyncIterable(value)) return followIterable(value, ctx, watcher);
    return false;
  });
  if (!followed) watcher.done();
}

/** In place, because the object may have methods and private fields that a copy or a proxy would lose. */
function followIterable(iterable: AsyncIterable<unknown>, ctx: Context, watcher: Watcher): boolean {
  const open = iterable[Symbol.asyncIterator];
  return replace(iterable, Symbol.asyncIterator, function (this: unknown) {
    const iterator = context.with(ctx, open as () => AsyncIterator<unknown>, this);
    safely(() => followIterator(iterator, ctx, watcher));
    return iterator;
  });
}

type Step = (...args: unknown[]) => Promise<IteratorResult<unknown>>;

/** A generator's body runs inside its `next()`, so that is what has to run in the context. */
function followIterator(iterator: AsyncIterator<unknown>, ctx: Context, watcher: Watcher): boolean {
  const { next, return: close, throw: abort } = iterator as { next: Step; return?: Step; throw?: Step };
  const step = async (method: Step, args: unknown[], early: boolean) => {
    try {
      const result = await context.with(ctx, method, iterator, ...args);
      if (early) watcher.closed();
      else if (result.done) watcher.done();
      else watcher.chunk();
      return result;
    } catch (error) {
      watcher.failed(error);
      throw error;
    }
  };
  const nothing: Step = async (value) => ({ done: true, value });
  if (!replace(iterator, 'next', (...args: unknown[]) => step(next, args, false))) return false;
  replace(iterator, 'return', (...args: unknown[]) => step(close ?? nothing, args, true));
  if (abort) replace(iterator, 'throw', (...args: unknown[]) => step(abort, args, false));
  return true;
}

/** Node's streams are mostly piped, not iterated; all of them end with `close`. An `error` listener would hide errors. */
function followNodeStream(stream: NodeStream, watcher: Watcher): boolean {
  stream.once('close', () => {
    if (stream.errored) watcher.failed(stream.errored);
    else if (stream.readableEnded) watcher.done();
    else watcher.closed();
  });
  return true;
}

/** False where the object is frozen. */
function replace(target: object, name: PropertyKey, value: unknown): boolean {
  return Reflect.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false });
}

interface NodeStream {
  once(event: 'close', listener: () => void): unknown;
  errored: Error | null;
  readableEnded: boolean;
}

function isNodeStream(value: unknown): value is NodeStream {
  return isObject(value) && typeof value.once === 'function' && typeof value.pipe === 'function' && 'readableEnded' in value;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return isObject(value) && typeof value[Symbol.asyncIterator] === 'function';
}

function isIterator(value: unknown): value is AsyncIterator<unknown> {
  return isAsyncIterable(value) && typeof (value as { next?: unknown }).next === 'function';
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && typeof value.then === 'function';
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
