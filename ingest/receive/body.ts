import type { IncomingMessage } from 'node:http';

export class BodyTooLargeError extends Error {}
export class BodyIncompleteError extends Error {}

/**
 * The raw body of a request, at most `limit` bytes. Rejects with {@link BodyTooLargeError} as soon as it is longer (by its header or in fact)
 * and with {@link BodyIncompleteError} where the sender breaks off.
 */
export function readBody(req: IncomingMessage, limit: number): Promise<Buffer> {
  const announced = Number(req.headers['content-length']);
  if (announced > limit) {
    req.resume();
    return Promise.reject(new BodyTooLargeError());
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        req.removeAllListeners('data');
        req.resume();
        reject(new BodyTooLargeError());
      } else chunks.push(chunk);
    });
    req.on('end', () => resolve(oneBuffer(chunks, size)));
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
