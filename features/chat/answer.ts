import { capturesContent, type Logger, run } from '@ai-runs/instrumentation';
import type { Response } from 'express';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import type { ModelAccess } from '../model/index.ts';
import type { Conversations } from './conversations.ts';
import { openEvents } from './events.ts';
import { failureOf } from './failure.ts';
import { nameFrom } from './name.ts';
import { takeTurn } from './turn.ts';
import { STOPPING, type UnderWay } from './under-way.ts';

export interface AnswerOptions {
  access: ModelAccess;
  conversations: Conversations;
  underWay: UnderWay;
  logger: Logger;
  /** Sends what has been recorded, so that the books have it when the page looks. */
  flush(): Promise<void>;
}

/** A message that is known to be answerable. */
export interface Question {
  runId: string | undefined;
  model: string;
  system: string | undefined;
  message: string;
  /** What was said before. */
  earlier: readonly ChatCompletionMessageParam[];
}

const INSTRUCTIONS = 'You are a helpful assistant. Answer in markdown, and use your tools for calculations and for the current time.';

/** Answers with server-sent events. A page that goes away, or a server that stops, stops the model, and the run is cancelled. */
export async function answer(question: Question, response: Response, options: AnswerOptions): Promise<void> {
  // Gone while its conversation was read: there is nobody to answer.
  if (response.destroyed) return;
  const stop = new AbortController();
  response.once('close', () => stop.abort());
  await options.underWay.watch(stop, answerUntil(stop.signal, question, response, options));
}

async function answerUntil(signal: AbortSignal, question: Question, response: Response, options: AnswerOptions): Promise<void> {
  const { access, conversations, logger } = options;
  const emit = openEvents(response);
  const messages = toMessages(question);
  const { runId, model, system } = question;
  const settings = { model, ...(system !== undefined && { system }) };
  try {
    const turn = await run(nameOf(messages), { feature: 'chat', sourceId: 'chat', runId, settings }, async (it) => {
      if (runId === undefined) conversations.begin(it.runId);
      emit('run', { runId: it.runId, traceId: it.traceId });
      try {
        return await takeTurn({ access, model, messages, signal, emit });
      } finally {
        conversations.keep(it.runId, messages);
        if (runId === undefined) conversations.end(it.runId);
      }
    });
    emit('done', turn);
  } catch (error) {
    if (response.destroyed) return;
    const failure = signal.aborted ? STOPPING : failureOf(error);
    logger.warn(`chat: ${failure.code}: ${error instanceof Error ? error.message : String(error)}`);
    emit('error', failure);
  } finally {
    response.end();
    void options.flush();
  }
}

function toMessages({ earlier, system, message }: Question): ChatCompletionMessageParam[] {
  const said = earlier.filter((item) => item.role !== 'system');
  const instructions = earlier.find((item) => item.role === 'system') ?? { role: 'system', content: INSTRUCTIONS };
  return [system === undefined ? instructions : { role: 'system', content: system }, ...said, { role: 'user', content: message }];
}

/** All turns of a run go by its first message, whichever of them arrives first. */
function nameOf(messages: readonly ChatCompletionMessageParam[]): string {
  const first = messages.find((message) => message.role === 'user')?.content;
  return capturesContent() && typeof first === 'string' ? nameFrom(first) : 'Chat';
}
