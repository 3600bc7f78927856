import { EventSourceParserStream } from 'eventsource-parser/stream';
import { ApiFailure, failureOf, send } from '../api/client.ts';

export interface ChatRequest {
  runId?: string;
  model?: string;
  message: string;
  system?: string;
}

/** What the chat answers while it goes on. Events we do not know are passed over. */
export type ChatEvent =
  | { type: 'run'; runId: string; traceId: string }
  | { type: 'delta'; text: string }
  | { type: 'tool'; name: string; arguments: unknown; result: unknown; failed?: boolean }
  | { type: 'usage' }
  | { type: 'done'; finishReason: string | null }
  | { type: 'error'; code: string; message: string };

const KNOWN = new Set<string>(['run', 'delta', 'tool', 'usage', 'done', 'error'] satisfies ChatEvent['type'][]);

/** Sends a message and yields the answer piece by piece. Ends with `done` or `error`; throws when there is no answer at all. */
export async function* streamChat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatEvent> {
  const response = await send('/api/features/chat', { method: 'POST', body: request, signal });
  if (!response.ok) throw await failureOf(response);
  if (!response.body) throw new ApiFailure(response.status, 'empty', 'The answer has no body.');
  const reader = response.body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array<ArrayBuffer>>)
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const { event, data } = next.value;
    if (event !== undefined && KNOWN.has(event)) yield { type: event, ...JSON.parse(data) } as ChatEvent;
  }
}
