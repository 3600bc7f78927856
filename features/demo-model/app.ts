import { setTimeout as pause } from 'node:timers/promises';
import express, { type ErrorRequestHandler, type Express, type Response } from 'express';
import type { ChatCompletionCreateParams } from 'openai/resources/chat/completions';
import { z } from 'zod';
import { answerTo } from './answer.ts';
import { type Heading, idOf, toChunks, toCompletion } from './completion.ts';
import { errorBody, type Forced, forcedBy } from './forced.ts';
import { messageText } from './tokens.ts';

export interface DemoModelOptions {
  /** Pause before each piece of a stream. Default: 20. */
  chunkDelayMs?: number;
  /** The same where the user asks for `[[slow]]`. Default: 150. */
  slowDelayMs?: number;
}

/** Names of real models, so that price lists know them, and the versions that answer to them. */
export const MODELS: Readonly<Record<string, string>> = {
  'gpt-4o-mini': 'gpt-4o-mini-2024-07-18',
  'gpt-4o': 'gpt-4o-2024-08-06',
  'gpt-4.1-mini': 'gpt-4.1-mini-2025-04-14',
};

/** As much of a request as has to be right for an answer; the rest is taken as it comes. */
const chatRequest = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string() })).min(1),
  stream: z.boolean().nullish(),
});

/** The part of the OpenAI API that a chat needs, answered without any model. */
export function demoModelApp(options: DemoModelOptions = {}): Express {
  let calls = 0;
  const app = express();
  app.disable('x-powered-by');
  app.get('/v1/models', (_request, response) => {
    const data = Object.keys(MODELS).map((id) => ({ id, object: 'model', created: 0, owned_by: 'demo' }));
    response.json({ object: 'list', data });
  });
  app.post('/v1/chat/completions', express.json({ limit: '20mb' }), async (request, response) => {
    const parsed = chatRequest.safeParse(request.body);
    if (!parsed.success) return void response.status(400).json(errorBody(400, z.prettifyError(parsed.error)));
    const body = parsed.data as unknown as ChatCompletionCreateParams;
    calls += 1;
    response.setHeader('x-request-id', idOf('req_', body, calls));
    const version = MODELS[body.model] ?? Object.values(MODELS).find((id) => id === body.model);
    const forced = forcedBy(lastQuestion(body));
    const status = version === undefined ? 404 : forced.status;
    if (version === undefined || status !== undefined) {
      if (status === 429) response.setHeader('retry-after', '20');
      return void response.status(status ?? 404).json(errorBody(status ?? 404));
    }
    const heading = { id: idOf('chatcmpl-', body, calls), created: Math.floor(Date.now() / 1000), model: version };
    await send(response, body, heading, forced, options);
  });
  app.use((_request, response) => void response.status(404).json(errorBody(404, 'Unknown address.')));
  app.use(badBody);
  return app;
}

async function send(response: Response, body: ChatCompletionCreateParams, heading: Heading, forced: Forced, options: DemoModelOptions) {
  const answer = answerTo(body);
  const delayMs = forced.slow ? (options.slowDelayMs ?? 150) : (options.chunkDelayMs ?? 20);
  if (body.stream) return sendStream(response, toChunks(heading, answer, body.stream_options?.include_usage === true), delayMs, forced.cut);
  if (!(await waited(response, delayMs))) return;
  const json = JSON.stringify(toCompletion(heading, answer));
  response.setHeader('content-type', 'application/json');
  if (!forced.cut) return void response.end(json);
  response.setHeader('content-length', Buffer.byteLength(json));
  response.write(json.slice(0, json.length / 2), () => response.destroy());
}

async function sendStream(response: Response, chunks: readonly unknown[], delayMs: number, cut: boolean): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const sent = cut ? chunks.slice(0, Math.ceil(chunks.length / 2)) : chunks;
  for (const chunk of sent) {
    if (!(await waited(response, delayMs))) return;
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }
  if (cut) response.write('\n', () => response.destroy());
  else response.end('data: [DONE]\n\n');
}

/** False once the client has gone. */
async function waited(response: Response, delayMs: number): Promise<boolean> {
  if (delayMs > 0) await pause(delayMs);
  return !response.destroyed;
}

function lastQuestion(body: ChatCompletionCreateParams): string {
  const question = body.messages.findLast((message) => message.role === 'user');
  return question ? messageText(question) : '';
}

const badBody: ErrorRequestHandler = (error: { status?: number }, _request, response, _next) => {
  const status = error.status ?? 500;
  if (response.headersSent) response.destroy();
  else response.status(status).json(errorBody(status, status < 500 ? 'The body is not valid JSON.' : undefined));
};
