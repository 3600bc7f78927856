import { createHash } from 'node:crypto';
import type { ChatCompletion, ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { Answer } from './answer.ts';

/** What all pieces of one completion have in common. */
export interface Heading {
  id: string;
  created: number;
  model: string;
}

/** Ids are unique within a server, and the same again for the same calls in the same order. */
export function idOf(prefix: string, request: unknown, count: number): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([request, count]))
    .digest('base64url');
  return `${prefix}${digest.replaceAll(/[-_]/g, '').slice(0, 24)}`;
}

export function toCompletion(heading: Heading, answer: Answer): ChatCompletion {
  const toolCalls = callsOf(heading, answer);
  return {
    ...heading,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        finish_reason: answer.finishReason,
        logprobs: null,
        message: {
          role: 'assistant',
          content: toolCalls.length > 0 ? null : answer.content,
          refusal: null,
          ...(answer.reasoning && { reasoning_content: answer.reasoning }),
          ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
        },
      },
    ],
    usage: answer.usage,
  };
}

type Delta = ChatCompletionChunk.Choice.Delta & { reasoning_content?: string };

/** The same completion in pieces of about a word. Usage comes last and only if it was asked for. */
export function toChunks(heading: Heading, answer: Answer, includeUsage: boolean): ChatCompletionChunk[] {
  const chunk = (choices: ChatCompletionChunk.Choice[]): ChatCompletionChunk => ({
    ...heading,
    object: 'chat.completion.chunk',
    choices,
    ...(includeUsage && { usage: null }),
  });
  const piece = (delta: Delta, finish: Answer['finishReason'] | null = null) =>
    chunk([{ index: 0, delta, finish_reason: finish, logprobs: null }]);
  const deltas: Delta[] = [
    { role: 'assistant', content: '' },
    ...pieces(answer.reasoning).map((text) => ({ reasoning_content: text })),
    ...pieces(answer.content).map((text) => ({ content: text })),
    ...callsOf(heading, answer).flatMap((call, index) => [
      { tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: '' } }] },
      ...pieces(call.function.arguments, /.{1,8}/gs).map((text) => ({ tool_calls: [{ index, function: { arguments: text } }] })),
    ]),
  ];
  const last = piece({}, answer.finishReason);
  return [...deltas.map((delta) => piece(delta)), last, ...(includeUsage ? [{ ...chunk([]), usage: answer.usage }] : [])];
}

function pieces(text: string, pattern = /\s*\S+(?:\s+$)?/g): string[] {
  return text.match(pattern) ?? [];
}

function callsOf(heading: Heading, answer: Answer) {
  return answer.toolCalls.map((call, index) => ({
    id: idOf('call_', [heading.id, call], index),
    type: 'function' as const,
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
}
