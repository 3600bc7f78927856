import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { type FeatureOptions, type Features, featureRoutes } from '../../features/index.ts';

export interface ChatEvent {
  event: string;
  data: Record<string, unknown>;
}

/** The features behind a server of their own, and the page's side of the chat. */
export class ChatServer {
  readonly log: string[] = [];
  readonly #features: Features;
  readonly #server: Server;

  private constructor(features: Features, server: Server, log: string[]) {
    this.#features = features;
    this.#server = server;
    this.log = log;
  }

  static async start(options: Pick<FeatureOptions, 'otlpUrl'> & Partial<FeatureOptions>): Promise<ChatServer> {
    const log: string[] = [];
    const note = (line: string) => void log.push(line);
    const logger = { error: note, warn: note, info: note, debug: note };
    const features = await featureRoutes({ logger, history: async () => null, demo: { chunkDelayMs: 0, slowDelayMs: 100 }, ...options });
    const server = createServer(express().use(features.router)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ChatServer(features, server, log);
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  post(body: unknown, signal?: AbortSignal): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    return fetch(this.url('/api/features/chat'), { method: 'POST', headers, body: JSON.stringify(body), signal: signal ?? null });
  }

  /** Sends a message and reads its answer to the end. */
  async say(body: unknown): Promise<ChatEvent[]> {
    const events: ChatEvent[] = [];
    for await (const event of readEvents(await this.post(body))) events.push(event);
    return events;
  }

  /** Closes the features while the pages are still connected, as a server does that stops. */
  stop(): Promise<void> {
    return this.#features.close();
  }

  async close(): Promise<void> {
    await this.#features.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export async function* readEvents(response: Response): AsyncGenerator<ChatEvent> {
  let rest = '';
  for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/s.exec(block) ?? [];
      if (event && data) yield { event, data: JSON.parse(data) };
    }
  }
}

export const dataOf = (events: readonly ChatEvent[], name: string): Record<string, unknown>[] =>
  events.filter((event) => event.event === name).map((event) => event.data);
export const textOf = (events: readonly ChatEvent[]): string =>
  dataOf(events, 'delta')
    .map((data) => data.text)
    .join('');
