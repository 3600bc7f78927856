import type { Request, Response } from 'express';
import { type Numbered, Ring } from './ring.ts';
import type { LiveSource } from './source.ts';

/** Proxies close what is silent for long. */
const HEARTBEAT_MS = 15_000;
/** Milliseconds after which a reader that was cut off comes back. */
const RETRY_MS = 2000;
const KEPT = 1000;
/** A reader that does not read is cut off; it comes back with the id of the last event it has. */
const MAX_UNREAD_BYTES = 1_000_000;

/** Sends what happens to everybody who listens, as server-sent events. */
export class LiveStream {
  private readonly ring: Ring;
  private readonly readers = new Set<(text: string) => void>();

  constructor(source: LiveSource, now: () => number) {
    this.ring = new Ring(now().toString(36), KEPT);
    source.subscribe((event) => {
      // Written down once, however many listen: a batch may tell of hundreds of runs.
      const text = frame(this.ring.add(event));
      for (const write of this.readers) write(text);
    });
  }

  /** Answers with events from now on, or from the reader's last one. Where those are gone it gets a `reset` and should load anew what it shows. */
  open(request: Request, response: Response): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache, no-transform', 'X-Accel-Buffering': 'no' });
    if (request.method === 'HEAD') return void response.end();
    const write = (text: string) => {
      // At a stop the server ends the answer; its 'close' comes only when the reader has read the rest.
      if (response.writableEnded || response.destroyed) return;
      response.write(text);
      if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
    };
    write(`retry: ${RETRY_MS}\n\n`);
    this.catchUp(request.get('Last-Event-ID'), write);
    this.readers.add(write);
    const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS);
    heartbeat.unref();
    response.on('close', () => {
      clearInterval(heartbeat);
      this.readers.delete(write);
    });
  }

  private catchUp(lastId: string | undefined, write: (text: string) => void): void {
    if (!lastId) return;
    const missed = this.ring.after(lastId);
    if (missed) for (const event of missed) write(frame(event));
    else write('event: reset\ndata: {}\n\n');
  }
}

/** JSON has no line breaks, so one data line holds it. */
function frame({ id, event }: Numbered): string {
  return `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
