import type { MessagePart } from '../contract/index.ts';
import { mediaPart } from './media.ts';
import { isObject, type Json, lean, pick, pickText, unpack } from './value.ts';

const text = (value: string): MessagePart => ({ type: 'text', text: value });
const reasoning = (value: string): MessagePart => ({ type: 'reasoning', text: value });
export const data = (value: unknown): MessagePart => ({ type: 'data', value: lean(value) });

type Reader = (part: Json) => MessagePart[];

const TEXT: Reader = (part) => {
  const value = pick(part, 'text', 'content', 'value', 'refusal');
  if (typeof value === 'string') return [text(value)];
  return isObject(value) && typeof value.value === 'string' ? [text(value.value)] : [data(part)];
};

const REASONING: Reader = (part) => {
  const value = pick(part, 'content', 'text', 'thinking', 'reasoning', 'summary');
  if (typeof value === 'string') return [reasoning(value)];
  const pieces = Array.isArray(value) ? value.flatMap((piece) => (isObject(piece) ? (pickText(piece, 'text', 'content') ?? []) : [])) : [];
  // Withheld reasoning (redacted, or a summary that was not asked for) leaves only a signature behind.
  return pieces.length > 0 ? [reasoning(pieces.join('\n'))] : [];
};

const TOOL_CALL: Reader = (part) => {
  const fn = isObject(part.function) ? part.function : {};
  const args = pick(part, 'arguments', 'args', 'input') ?? pick(fn, 'arguments');
  return [
    {
      type: 'tool_call',
      id: pickText(part, 'call_id', 'toolCallId', 'tool_call_id', 'id'),
      name: pickText(part, 'name', 'toolName') ?? pickText(fn, 'name') ?? 'tool',
      arguments: lean(unpack(args)) ?? null,
    },
  ];
};

const TOOL_RESULT: Reader = (part) => [
  {
    type: 'tool_result',
    id: pickText(part, 'toolCallId', 'tool_use_id', 'tool_call_id', 'call_id', 'id'),
    name: pickText(part, 'name', 'toolName'),
    result: toolResult(pick(part, 'response', 'result', 'output', 'content', 'error')),
  },
];

const MEDIA: Reader = (part) => [mediaPart(part)];

/** Every part type seen in the conventions, by what it means. */
const READERS = new Map<string, Reader>([
  ...['text', 'input_text', 'output_text', 'summary_text', 'refusal'].map((type): [string, Reader] => [type, TEXT]),
  ...['reasoning', 'thinking', 'redacted_thinking', 'redacted-reasoning'].map((type): [string, Reader] => [type, REASONING]),
  ...['tool_call', 'tool-call', 'tool_use', 'function_call', 'function', 'server_tool_call', 'server_tool_use', 'custom_tool_call'].map(
    (type): [string, Reader] => [type, TOOL_CALL],
  ),
  ...[
    'tool_call_response',
    'tool-result',
    'tool-error',
    'tool_result',
    'function_call_output',
    'server_tool_call_response',
    'custom_tool_call_output',
    'web_search_tool_result',
  ].map((type): [string, Reader] => [type, TOOL_RESULT]),
  ...['image', 'image_url', 'input_image', 'audio', 'input_audio', 'video', 'file', 'input_file', 'document', 'blob', 'uri', 'media'].map(
    (type): [string, Reader] => [type, MEDIA],
  ),
]);

/** Gemini names a part by its only field. */
const FIELDS: readonly [string, (value: Json) => MessagePart[]][] = [
  ['functionCall', TOOL_CALL],
  ['function_call', TOOL_CALL],
  ['functionResponse', TOOL_RESULT],
  ['function_response', TOOL_RESULT],
  ['inlineData', MEDIA],
  ['inline_data', MEDIA],
  ['fileData', MEDIA],
  ['file_data', MEDIA],
  // OpenInference wraps each call, and each piece of content, in an object of that name. A piece that is a call has both.
  ['tool_call', TOOL_CALL],
  ['message_content', (value) => partOf(value)],
];

/** One piece of a message in any convention. Unknown shapes become a `data` part. */
export function partOf(value: unknown): MessagePart[] {
  if (typeof value === 'string') return [text(value)];
  if (!isObject(value)) return value === null || value === undefined ? [] : [data(value)];
  const reader = typeof value.type === 'string' ? READERS.get(value.type) : undefined;
  if (reader) return reader(value);
  for (const [field, read] of FIELDS) {
    const inner = value[field];
    if (isObject(inner)) return field === 'message_content' && isObject(inner.message_content) ? [data(value)] : read(inner);
  }
  if (typeof value.text === 'string') return value.thought === true ? [reasoning(value.text)] : [text(value.text)];
  return isToolCall(value) ? TOOL_CALL(value) : [data(value)];
}

/** Whether this looks like a piece of content and not like a message or a document of its own. */
export function isPart(value: unknown): boolean {
  return (
    isObject(value) && ((typeof value.type === 'string' && READERS.has(value.type)) || isObject(value.message_content) || isToolCall(value))
  );
}

/** A call that does not say that it is one: in `tool_calls` of OpenAI, in `ai.response.toolCalls` of the AI SDK. */
const isToolCall = (value: Json) =>
  isObject(value.function) || (typeof value.toolCallId === 'string' && typeof value.toolName === 'string');

/** What a tool gave back, without the wrappers of the conventions: `{type:'json',value}` of the AI SDK, text blocks of Anthropic. */
export function toolResult(value: unknown): unknown {
  const plain = unpack(value);
  if (isObject(plain) && 'value' in plain && ['json', 'text', 'error-text', 'error-json', 'content'].includes(String(plain.type))) {
    return lean(unpack(plain.value));
  }
  if (Array.isArray(plain) && plain.length > 0 && plain.every((piece) => isObject(piece) && piece.type === 'text')) {
    return lean(unpack(plain.map((piece: Json) => String(piece.text ?? piece.content ?? '')).join('\n')));
  }
  return lean(plain) ?? null;
}
