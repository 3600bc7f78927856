import type { ChatCompletionAssistantMessageParam, ChatCompletionMessageParam } from 'openai/resources/chat/completions';

/** A message of an earlier turn, in the form the read API gives it. */
export interface HistoryMessage {
  role: string;
  parts: readonly HistoryPart[];
}

/** `text`, `tool_call` and `tool_result` are read; other types are passed over. */
export interface HistoryPart {
  type: string;
  text?: string | undefined;
  id?: string | null | undefined;
  name?: string | null | undefined;
  arguments?: unknown;
  result?: unknown;
}

/** What the books say of a run: its own id, also where it was asked for by a trace of it, and its conversation. */
export interface History {
  runId: string;
  messages: readonly HistoryMessage[];
}

/** Reads the conversation of a run; null where there is no such run. */
export type ReadHistory = (runId: string) => Promise<History | null>;

/** The conversation as a model takes it: every tool call has its result, every result its call. */
export function toChatMessages(history: readonly HistoryMessage[]): ChatCompletionMessageParam[] {
  const parts = history.flatMap((message) => message.parts);
  const called = idsOf(parts, 'tool_call');
  const answered = idsOf(parts, 'tool_result');
  // A turn that broke off in between has left one without the other, which models refuse.
  const whole = new Set([...called].filter((id) => answered.has(id)));
  return history.flatMap((message) => toMessages(message, whole));
}

function toMessages(message: HistoryMessage, whole: ReadonlySet<string>): ChatCompletionMessageParam[] {
  const text = textOf(message);
  if (message.role === 'system') return text ? [{ role: 'system', content: text }] : [];
  if (message.role === 'user') return text ? [{ role: 'user', content: text }] : [];
  if (message.role === 'assistant') return assistant(text, message, whole);
  return message.parts
    .filter((part) => part.type === 'tool_result' && whole.has(part.id ?? ''))
    .map((part) => ({ role: 'tool', tool_call_id: part.id ?? '', content: asText(part.result) }));
}

function assistant(text: string, message: HistoryMessage, whole: ReadonlySet<string>): ChatCompletionAssistantMessageParam[] {
  const calls = message.parts
    .filter((part) => part.type === 'tool_call' && whole.has(part.id ?? ''))
    .map((part) => ({
      id: part.id ?? '',
      type: 'function' as const,
      function: { name: part.name ?? '', arguments: asText(part.arguments ?? {}) },
    }));
  if (!text && calls.length === 0) return [];
  return [{ role: 'assistant', content: text || null, ...(calls.length > 0 && { tool_calls: calls }) }];
}

function idsOf(parts: readonly HistoryPart[], type: string): Set<string> {
  return new Set(parts.flatMap((part) => (part.type === type && part.id ? [part.id] : [])));
}

function textOf(message: HistoryMessage): string {
  return message.parts.flatMap((part) => (part.type === 'text' && part.text ? [part.text] : [])).join('\n\n');
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
