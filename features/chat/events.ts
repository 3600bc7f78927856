import type { Response } from 'express';

/** What the page is told while an answer comes in: event name, then its data. */
export interface ChatEvents {
  /** First: which run this is. */
  run: { runId: string; traceId: string };
  delta: { text: string };
  reasoning: { text: string };
  tool: { taskId: string; name: string; arguments: unknown; result: unknown; failed: boolean };
  /** After each model call that reported it; input includes cached tokens, output includes reasoning ones. */
  usage: { taskId: string; model: string; input: number; output: number; cacheRead: number | null; reasoning: number | null };
  /** Last, if all went well. */
  done: { taskIds: string[]; finishReason: string };
  /** Last, if not. */
  error: { code: string; message: string };
}

export type Emit = <N extends keyof ChatEvents>(name: N, data: ChatEvents[N]) => void;

const PING_MS = 15_000;

/** Opens the stream of server-sent events; what is said after the reader has gone is lost. */
export function openEvents(response: Response): Emit {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
  // Models may think for longer than a proxy keeps a silent connection.
  const ping = setInterval(() => response.write(': waiting\n\n'), PING_MS).unref();
  response.once('close', () => clearInterval(ping));
  return (name, data) => {
    if (!response.writableEnded && !response.destroyed) response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  };
}
