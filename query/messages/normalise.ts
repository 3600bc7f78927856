import type { Message, MessagePart } from '../contract/index.ts';
import { langChainMessage } from './langchain.ts';
import { data, isPart, partOf, toolResult } from './part.ts';
import { isObject, type Json, parseJson, pick, pickText } from './value.ts';

export type Role = Message['role'];

/** A message in one form, whatever the sender's convention. */
export interface NormalMessage {
  readonly role: Role;
  readonly parts: readonly MessagePart[];
}

/** Which way a text went: it decides the role where the sender gives none. */
export type Side = 'input' | 'output';

const DEFAULT_ROLE: Record<Side, Role> = { input: 'user', output: 'assistant' };

const ROLES = new Map<string, Role>([
  ...['system', 'developer'].map((name): [string, Role] => [name, 'system']),
  ...['user', 'human'].map((name): [string, Role] => [name, 'user']),
  ...['assistant', 'ai', 'model', 'bot'].map((name): [string, Role] => [name, 'assistant']),
  ...['tool', 'function'].map((name): [string, Role] => [name, 'tool']),
]);

/** Messages within messages end here; what is deeper is shown as data. */
const MAX_DEPTH = 6;

/**
 * The messages in one stored text: mostly one, but a whole prompt (`ai.prompt`, a request body) holds several, and an empty envelope none.
 * Never throws; a shape that is not known becomes a `data` part.
 */
export function normalise(stored: string, side: Side): NormalMessage[] {
  const value = parseJson(stored);
  if (typeof value !== 'object' || value === null) {
    const text = typeof value === 'string' ? value : stored;
    return [{ role: DEFAULT_ROLE[side], parts: [{ type: 'text', text }] }];
  }
  return messagesOf(value, DEFAULT_ROLE[side], 0);
}

function messagesOf(value: unknown, role: Role, depth: number): NormalMessage[] {
  if (depth > MAX_DEPTH) return [{ role: 'data', parts: [data(value)] }];
  if (Array.isArray(value)) return ofList(value, role, depth);
  if (!isObject(value)) return value === null || value === undefined ? [] : [{ role, parts: partOf(value) }];
  if (Object.keys(value).length === 0) return [];
  const constructed = langChainMessage(value);
  if (constructed) return messagesOf(constructed, role, depth + 1);
  return ofWhole(value, depth) ?? [ofMessage(value, role, depth) ?? ofParts([value], role)];
}

/** Pieces of content make one message, messages stay as many as they are. */
function ofList(values: readonly unknown[], role: Role, depth: number): NormalMessage[] {
  if (values.length === 0) return [];
  const pieces = values.every((value) => typeof value === 'string' || (isPart(value) && !hasRole(value)));
  return pieces ? [ofParts(values, role)] : values.flatMap((value) => messagesOf(value, role, depth + 1));
}

const hasRole = (value: unknown): boolean => isObject(value) && typeof value.role === 'string';

/** Fields in which the conventions put what a message says. */
const SAYING = ['parts', 'content', 'contents', 'message', 'tool_calls', 'reasoning_content', 'function_call', 'refusal'];

function ofParts(values: readonly unknown[], role: Role): NormalMessage {
  return withRole(role, values.flatMap(partOf));
}

/** A message of results is the tool's, whoever passed it on (Anthropic sends them as the user's). */
function withRole(role: Role, parts: readonly MessagePart[]): NormalMessage {
  const results = parts.length > 0 && parts.every((part) => part.type === 'tool_result');
  return { role: results ? 'tool' : role, parts };
}

/** Requests and answers that hold several messages. Undefined where it is none of them. */
function ofWhole(value: Json, depth: number): NormalMessage[] | undefined {
  if (hasRole(value)) return undefined;
  const read = (field: unknown, as: Role) => messagesOf(typeof field === 'string' ? [field] : field, as, depth + 1);
  if (Array.isArray(value.choices)) return read(value.choices, 'assistant');
  if (Array.isArray(value.output) && !('type' in value)) return read(value.output, 'assistant');
  if (Array.isArray(value.generations)) return read(value.generations, 'assistant');
  if (Array.isArray(value.candidates)) return value.candidates.flatMap((one) => read(isObject(one) ? one.content : one, 'assistant'));
  if (isObject(value.message)) return read(value.message, 'assistant');
  const system = pick(value, 'system', 'instructions', 'systemInstruction', 'system_instruction');
  const said = pick(value, 'messages', 'contents', 'prompt') ?? (system !== undefined || 'model' in value ? value.input : undefined);
  if (Array.isArray(said) || typeof said === 'string' || (system !== undefined && said === undefined && !('content' in value))) {
    return [...(system === undefined ? [] : read(system, 'system')), ...(said === undefined ? [] : read(said, 'user'))];
  }
  return undefined;
}

/** One message, with or without a role of its own. Undefined where the object says nothing that a message says. */
function ofMessage(value: Json, fallback: Role, depth: number): NormalMessage | undefined {
  const named = pickText(value, 'role', 'type');
  const own = named === null ? undefined : ROLES.get(named.toLowerCase());
  if (own === undefined && !hasRole(value) && isPart(value)) return undefined;
  if (!SAYING.some((field) => field in value)) return hasRole(value) ? { role: own ?? fallback, parts: besideRole(value) } : undefined;
  const calls = Array.isArray(value.tool_calls) ? value.tool_calls : [];
  const role = own ?? (calls.length > 0 ? 'assistant' : fallback);
  const callId = pickText(value, 'tool_call_id') ?? (role === 'tool' ? pickText(value, 'id') : null);
  const parts = contentOf(pick(value, 'parts', 'content', 'contents', 'message'), role, depth);
  if ((role === 'tool' || callId !== null) && !parts.some((part) => part.type === 'tool_result')) return ofTool(value, callId);
  const thought = pickText(value, 'reasoning_content');
  return withRole(role, [
    ...(thought === null ? [] : [{ type: 'reasoning' as const, text: thought }]),
    ...parts,
    ...(typeof value.refusal === 'string' ? [{ type: 'text' as const, text: value.refusal }] : []),
    ...calls.flatMap(partOf).filter((call) => !isThere(call, parts)),
    ...(isObject(value.function_call) ? partOf({ type: 'function_call', ...value.function_call }) : []),
  ]);
}

/** OpenInference names the calls of Anthropic among the content and once more beside it. */
function isThere(call: MessagePart, parts: readonly MessagePart[]): boolean {
  return call.type === 'tool_call' && call.id !== null && parts.some((part) => part.type === 'tool_call' && part.id === call.id);
}

/** A message in a form of its own, of which we only know who said it. */
function besideRole({ role: _role, ...rest }: Json): MessagePart[] {
  return Object.keys(rest).length > 0 ? partOf(rest) : [];
}

function ofTool(value: Json, id: string | null): NormalMessage {
  const content = pick(value, 'parts', 'content', 'contents');
  const body = isObject(content) && 'content' in content ? content : undefined;
  const result = toolResult(body ? body.content : content);
  return {
    role: 'tool',
    parts: [{ type: 'tool_result', id: id ?? (body ? pickText(body, 'id', 'tool_call_id') : null), name: pickText(value, 'name'), result }],
  };
}

/** Pieces of content that came as JSON in a string: system instructions, events of Strands. Other text is text, JSON or not. */
function packedParts(text: string): MessagePart[] | undefined {
  if (!/^\s*\[\s*\{/.test(text)) return undefined;
  const list = parseJson(text);
  return Array.isArray(list) && list.every((piece) => isPart(piece) && !hasRole(piece)) ? list.flatMap(partOf) : undefined;
}

/** Content is text, a list of pieces, one piece, or a whole message body put into an envelope that only adds the role. */
function contentOf(content: unknown, role: Role, depth: number): MessagePart[] {
  if (content === null || content === undefined) return [];
  if (typeof content === 'string') return packedParts(content) ?? [{ type: 'text', text: content }];
  if (Array.isArray(content)) return content.flatMap(partOf);
  if (!isObject(content) || isPart(content) || depth > MAX_DEPTH) return partOf(content);
  if (isObject(content.message)) return contentOf(content.message, role, depth + 1);
  return [...(ofMessage(content, role, depth + 1)?.parts ?? partOf(content))];
}
