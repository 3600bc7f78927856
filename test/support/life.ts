import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { queryRoutes } from '../../query/index.ts';
import { verifyBooks } from '../../schema/index.ts';
import type { TestServer } from './otlp-server.ts';
import { anyValue, fixed64Field, keyValue, lengthField, type SpanInput } from './otlp-wire.ts';
import { until } from './server.ts';

/** When the spans of a test started, in nanoseconds: a moment ago, so that they are in every range. */
export const STARTED = BigInt(Date.now() - 10_000) * 1_000_000n;

export const traceId = (n: number): string => n.toString(16).padStart(32, 'a');
export const spanId = (n: number): string => n.toString(16).padStart(16, 'b');

export interface CallInput {
  readonly trace?: string;
  readonly parent?: string;
  readonly user?: string;
  readonly run?: string;
  /** What is said, in the input and in the answer. */
  readonly text?: string;
  readonly start?: bigint;
}

/** A model call of 100 + n tokens, the root of a trace of its own unless told otherwise. */
export function call(n: number, { trace = traceId(n), parent, user = 'ann', run, text = `call ${n}`, start }: CallInput = {}): SpanInput {
  const at = start ?? STARTED + BigInt(n) * 1_000_000n;
  const message = (role: string, content: string) => JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
  return {
    traceId: trace,
    spanId: spanId(n),
    ...(parent === undefined ? {} : { parentId: parent }),
    name: `chat of ${user}`,
    start: at,
    end: at + 1_000_000_000n,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': BigInt(100 + n),
      'gen_ai.usage.output_tokens': 10n,
      'gen_ai.input.messages': message('user', text),
      'gen_ai.output.messages': message('assistant', `answer to ${text}`),
      'user.id': user,
      ...(run === undefined ? {} : { 'airuns.run.id': run }),
    },
  };
}

/** A log record with a message of the user, as instrumentations send that do not put messages on spans. */
export function logRecord(trace: string, span: string, text: string): Buffer {
  return Buffer.concat([
    fixed64Field(1, STARTED),
    lengthField(5, anyValue({ content: text })),
    lengthField(6, keyValue('event.name', 'gen_ai.user.message')),
    lengthField(9, Buffer.from(trace, 'hex')),
    lengthField(10, Buffer.from(span, 'hex')),
  ]);
}

/** The read API over the books of a server. */
export function apiOf(server: TestServer) {
  const { books, ingest } = server;
  return request(express().use(queryRoutes({ store: books.store, live: ingest.live, logger: pino({ level: 'silent' }), endings: ingest })));
}

/** What a recount finds wrong, a line each. */
export async function wrongBooks({ books }: TestServer): Promise<string[]> {
  const checks = await verifyBooks(books.store);
  return checks.flatMap(({ name, mismatches }) => mismatches.map((mismatch) => `${name} ${JSON.stringify(mismatch)}`));
}

/** Resolves when everything that was deleted has left the disk. */
export async function swept(server: TestServer): Promise<void> {
  const unfinished = 'SELECT count() AS n FROM (SELECT max(stage) AS s FROM tombstones GROUP BY project, trace_id, run_id) WHERE s < 3';
  await until(async () => (Number((await server.query<{ n: string }>(unfinished))[0]?.n) === 0 ? true : null), 'all deletes are swept', 60);
}

/** Files below a folder that hold these bytes. What goes while it is looked into holds nothing. */
export function filesWith(folder: string, bytes: string): string[] {
  return orNone(() => readdirSync(folder, { withFileTypes: true })).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesWith(path, bytes);
    return entry.isFile() && orNone(() => [readFileSync(path)]).some((content) => content.includes(bytes)) ? [path] : [];
  });
}

function orNone<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
