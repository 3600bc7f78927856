/** A message as OpenTelemetry's GenAI conventions write it. */
export interface Message {
  role: string;
  parts: MessagePart[];
  finish_reason?: string;
}

/** `text`, `reasoning`, `tool_call`, `tool_call_response`, `uri`, `blob` and whatever else a provider has. */
export interface MessagePart {
  type: string;
  [field: string]: unknown;
}

/**
 * Brings what callers have to that form: a string, messages in that form already, or messages as the OpenAI chat API
 * takes and gives them. Anything else becomes one message with its JSON as text.
 */
export function toMessages(value: unknown, role: 'user' | 'assistant'): Message[] {
  if (Array.isArray(value) && value.every(isRecord)) return value.map((item) => toMessage(item, role));
  if (isRecord(value) && ('role' in value || 'content' in value || 'parts' in value)) return [toMessage(value, role)];
  return [{ role, parts: [textPart(value)] }];
}

function toMessage(message: Fields, fallbackRole: string): Message {
  const role = roleOf(message.role, fallbackRole);
  const finish = typeof message.finish_reason === 'string' ? { finish_reason: message.finish_reason } : {};
  if (Array.isArray(message.parts)) return { role, parts: message.parts as MessagePart[], ...finish };
  return { role, parts: partsOf(message, role), ...finish };
}

function roleOf(role: unknown, fallback: string): string {
  if (typeof role !== 'string') return fallback;
  return role === 'developer' ? 'system' : role;
}

function partsOf(message: Fields, role: string): MessagePart[] {
  if (role === 'tool') return [{ type: 'tool_call_response', id: message.tool_call_id, response: message.content }];
  return [
    ...(typeof message.reasoning_content === 'string' ? [{ type: 'reasoning', content: message.reasoning_content }] : []),
    ...contentParts(message.content),
    ...(typeof message.refusal === 'string' ? [{ type: 'text', content: message.refusal }] : []),
    ...(Array.isArray(message.tool_calls) ? message.tool_calls.filter(isRecord).map(toolCallPart) : []),
  ];
}

function contentParts(content: unknown): MessagePart[] {
  if (content === undefined || content === null || content === '') return [];
  return Array.isArray(content) ? content.map(contentPart) : [textPart(content)];
}

function contentPart(part: unknown): MessagePart {
  if (!isRecord(part) || typeof part.type !== 'string') return textPart(part);
  if (typeof part.text === 'string') return textPart(part.text);
  const url = isRecord(part.image_url) ? part.image_url.url : undefined;
  return typeof url === 'string' ? imagePart(url) : (part as MessagePart);
}

function imagePart(url: string): MessagePart {
  const inline = /^data:([^;,]+);base64,(.*)$/s.exec(url);
  if (!inline) return { type: 'uri', modality: 'image', uri: url };
  return { type: 'blob', modality: 'image', mime_type: inline[1], content: inline[2] };
}

function toolCallPart(call: Fields): MessagePart {
  const fn = isRecord(call.function) ? call.function : {};
  return { type: 'tool_call', id: call.id, name: fn.name, arguments: parsed(fn.arguments) };
}

/** Arguments come as JSON text; a model may also have written something that is none. */
function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function textPart(value: unknown): MessagePart {
  return { type: 'text', content: typeof value === 'string' ? value : JSON.stringify(value) };
}

type Fields = Record<string, unknown>;

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
