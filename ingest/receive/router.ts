import { type Request, type Response, Router } from 'express';
import { MAX_BODY } from '../accept.ts';
import type { IngestRequest, IngestResult, Signal } from '../protocol.ts';
import { answerError, answerStored, type Encoding } from './answer.ts';
import { BodyTooLargeError, NoRoomError, readBody } from './body.ts';
import { memoryGuard } from './memory.ts';
import { Room, Share } from './room.ts';

const RETRY_AFTER_S = 1;

/** Hands a request to the ingest thread; resolves when it is durable or refused. */
export type Submit = (request: Omit<IngestRequest, 'id'>) => Promise<IngestResult>;

export interface ReceiveOptions {
  submit: Submit;
  /** false while starting or stopping. */
  accepting(): boolean;
  /** Resident memory of the process above which senders are told to come back. Default: 80 % of the machine's or container's. */
  memoryLimit?: number | undefined;
}

/** Where OTLP/HTTP is spoken: the paths of the specification, and the same below prefixes that some SDKs put in front. */
const PATHS = ['', '/api/public/otel', '/otel'];

export function receiveRoutes(options: ReceiveOptions): Router {
  const router = Router();
  const room = new Room({ memoryShort: memoryGuard(options.memoryLimit) });
  for (const prefix of PATHS) {
    for (const signal of ['traces', 'logs', 'metrics'] as const) {
      const path = `${prefix}/v1/${signal}`;
      router.post(path, (req, res) => receive(req, res, signal, options, room));
      router.all(path, (req, res) => {
        res.setHeader('Allow', 'POST');
        answerError(res, encodingOf(req) ?? 'json', 405, `use POST ${path}`);
      });
    }
  }
  return router;
}

async function receive(req: Request, res: Response, signal: Signal, options: ReceiveOptions, room: Room): Promise<void> {
  const encoding = encodingOf(req);
  if (!encoding) {
    req.resume();
    return answerError(res, 'json', 415, 'Content-Type must be application/x-protobuf or application/json');
  }
  const compression = (req.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (compression !== 'gzip' && compression !== 'identity' && compression !== 'none') {
    req.resume();
    return answerError(res, encoding, 415, `Content-Encoding ${compression} is not supported; use gzip or none`);
  }
  const share = new Share(room);
  try {
    const announced = Number(req.headers['content-length'] ?? 0);
    // Before the first byte of the body is read, where that can be known. What is too large at any time must hear so, and not "come back".
    if (!options.accepting() || (announced <= MAX_BODY && !room.admits(announced))) throw new NoRoomError();
    const body = await readBody(req, MAX_BODY, share);
    share.waits();
    // A stop may have begun while the body came in: then nobody is left to answer it.
    if (!options.accepting()) throw new NoRoomError();
    const result = await options.submit({ project: 'default', signal, body, json: encoding === 'json', gzip: compression === 'gzip' });
    answer(res, encoding, signal, result);
  } catch (error) {
    req.resume();
    if (error instanceof BodyTooLargeError)
      answerError(res, encoding, 413, `the body is larger than ${MAX_BODY} bytes; send smaller batches`);
    else if (error instanceof NoRoomError) answerError(res, encoding, 503, 'too much work under way; try again', RETRY_AFTER_S);
    else answerError(res, encoding, 400, 'the body did not arrive whole');
  } finally {
    share.giveBack();
  }
}

function encodingOf(req: Request): Encoding | null {
  const type = (req.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  if (type === 'application/x-protobuf' || type === 'application/protobuf') return 'protobuf';
  return type === 'application/json' ? 'json' : null;
}

/** Only what is worth a retry is answered with 503: clients drop on every other error. */
function answer(res: Response, encoding: Encoding, signal: Signal, result: IngestResult): void {
  switch (result.outcome) {
    case 'stored':
      return answerStored(res, encoding, signal, result.rejected, result.message);
    case 'malformed':
    case 'none_valid':
      return answerError(res, encoding, 400, result.message);
    case 'too_large':
      return answerError(res, encoding, 413, result.message);
    case 'gone':
      return answerError(res, encoding, 404, result.message);
    case 'busy':
    case 'failed':
      return answerError(res, encoding, 503, result.message, RETRY_AFTER_S);
  }
}
