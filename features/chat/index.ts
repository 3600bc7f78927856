import express, { type Response, Router } from 'express';
import { z } from 'zod';
import { type AnswerOptions, answer, type Question } from './answer.ts';
import { Conversations } from './conversations.ts';
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
    const { runId } = parsed.data;
    if (runId !== undefined && !options.conversations.begin(runId)) {
      return refuse(response, 409, { code: 'run_busy', message: 'The last message of this run is still being answered.' });
    }
    try {
      const question = await prepare(parsed.data, options);
      if ('code' in question) refuse(response, question.status, question);
      else if (underWay.stopped) refuse(response, 503, STOPPING);
      else await answer(question, response, options);
    } finally {
      if (runId !== undefined) options.conversations.end(runId);
    }
  });
  return { router, close: () => underWay.stop() };
}

/** Everything that can go wrong before there is a run to speak of. */
async function prepare(request: ChatRequest, options: AnswerOptions): Promise<Question | (Failure & { status: number })> {
  const { runId, system, message } = request;
  try {
    const earlier = runId === undefined ? [] : await options.conversations.load(runId);
    if (runId !== undefined && earlier.length === 0)
      return { status: 404, code: 'run_not_found', message: `There is no conversation ${runId}.` };
    const model = request.model ?? (await options.access.defaultModel());
    return { runId, system, message, earlier, model };
  } catch (error) {
    options.logger.warn(`chat: not ready to answer: ${String(error)}`);
    return { status: 503, code: 'not_ready', message: 'The conversation or the list of models cannot be read at the moment.' };
  }
}

function refuse(response: Response, status: number, { code, message }: Failure): void {
  response.status(status).json({ error: { code, message } });
}
