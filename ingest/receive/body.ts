import type { IncomingMessage } from 'node:http';
import type { Share } from './room.ts';

export class BodyTooLargeError extends Error {}
export class BodyIncompleteError extends Error {}
/** There is no room for it right now. */
export class NoRoomError extends Error {}

/**
 * The raw body of a request, at most `limit` bytes. Rejects with {@link BodyTooLargeError} as soon as it is longer (by its header or in fact),
 * with {@link NoRoomError} where there is no room for what comes, and with {@link BodyIncompleteError} where the sender breaks off.
 */
export function readBody(req: IncomingMessage, limit: number, share: Share): Promise<Buffer> {
  const announced = Number(req.headers['content-length']);
  if (announced > limit) {
    req.resume();
    return Promise.reject(new BodyTooLargeError());
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onEnd = (): void => resolve(oneBuffer(chunks, size));
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limit) giveUp(new BodyTooLargeError());
      else if (!share.take(chunk.length)) giveUp(new NoRoomError());
      else chunks.push(chunk);
    };
    // The rest is read and dropped, so that the sender gets to hear the answer.
    const giveUp = (error: Error): void => {
      req.off('data', onData).off('end', onEnd);
      chunks.length = 0;
      req.resume();
      reject(error);
    };
    req.on('data', onData);
    req.on('end', onEnd);
    req.on('aborted', () => reject(new BodyIncompleteError()));
    req.on('error', reject);
  });
}

/** A buffer of its own memory, so that it can be moved to another thread. */
function oneBuffer(chunks: readonly Buffer[], size: number): Buffer {
  const body = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const chunk of chunks) at += chunk.copy(body, at);
  return body;
}
