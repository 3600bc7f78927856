import express, { type Response, Router } from 'express';
import { z } from 'zod';
import { type AnswerOptions, answer } from './answer.ts';
import { Conversations, type Found } from './conversations.ts';
import { type Failure, failureOf } from './failure.ts';
import type { ReadHistory } from './history.ts';
import { STOPPING, UnderWay } from './under-way.ts';

export type ChatOptions = Omit<AnswerOptions, 'conversations' | 'underWay'> & { history: ReadHistory };

export interface Chat {
  router: Router;
  /** Cancels the answers under way and takes no further message. */
  close(): Promise<void>;
}

const chatRequest = z.strictObject({
  /** The run to go on with; a new one without it. */
  runId: z.string().min(1).max(200).optional(),
  model: z.string().min(1).max(200).optional(),
  message: z.string().trim().min(1).max(100_000),
  /** Replaces the instructions the conversation began with. */
  system: z.string().max(20_000).optional(),
});
type ChatRequest = z.infer<typeof chatRequest>;

/** Chat: `POST /api/features/chat` answers with server-sent events, `GET /api/features/chat/models` lists the models. */
export function chatRoutes(chat: ChatOptions): Chat {
  const { access, logger } = chat;
  const underWay = new UnderWay();
  const options = { ...chat, conversations: new Conversations(chat.history), underWay };
  const router = Router();

  router.get('/api/features/chat/models', async (_request, response) => {
    try {
      response.json({ ...(await access.list()), provider: access.provider, demo: access.demo });
    } catch (error) {
      logger.warn(`chat: the models cannot be listed: ${String(error)}`);
      refuse(response, 502, failureOf(error));
    }
  });

  router.post('/api/features/chat', express.json({ limit: '1mb' }), async (request, response) => {
    const parsed = chatRequest.safeParse(request.body);
    if (!parsed.success) {
      return refuse(response, 400, { code: 'invalid_request', message: z.prettifyError(parsed.error) });
    }
    const { conversations } = options;
    const prepared = await prepare(parsed.data, options);
    if ('code' in prepared) return refuse(response, prepared.status, prepared);
    const { found, model } = prepared;
    if (found && !conversations.begin(found.runId)) {
      return refuse(response, 409, { code: 'run_busy', message: 'The last message of this run is still being answered.' });
    }
    try {
      const { message, system } = parsed.data;
      const earlier = found ? conversations.earlier(found) : [];
      if (found && earlier.length === 0) refuse(response, 404, noConversation(found.runId));
      else if (underWay.stopped) refuse(response, 503, STOPPING);
      else await answer({ runId: found?.runId, system, message, earlier, model }, response, options);
    } finally {
      if (found) conversations.end(found.runId);
    }
  });
  return { router, close: () => underWay.stop() };
}

interface Prepared {
  /** Null: a new run. */
  found: Found | null;
  model: string;
}

/** Everything that can go wrong before there is a run to speak of. */
async function prepare(request: ChatRequest, options: AnswerOptions): Promise<Prepared | (Failure & { status: number })> {
  const { runId } = request;
  try {
    const found = runId === undefined ? null : await options.conversations.find(runId);
    if (runId !== undefined && !found) return { status: 404, ...noConversation(runId) };
    return { found, model: request.model ?? (await options.access.defaultModel()) };
  } catch (error) {
    options.logger.warn(`chat: not ready to answer: ${String(error)}`);
    return { status: 503, code: 'not_ready', message: 'The conversation or the list of models cannot be read at the moment.' };
  }
}

const noConversation = (runId: string): Failure => ({ code: 'run_not_found', message: `There is no conversation ${runId}.` });

function refuse(response: Response, status: number, { code, message }: Failure): void {
  response.status(status).json({ error: { code, message } });
}
