import { parseJson } from './plain.ts';

/** The per-message events of the GenAI conventions up to 1.36, sent as span events or as log records: what side they belong to and who speaks. */
const EVENTS: Readonly<Record<string, { side: 'input' | 'output'; role: string | null }>> = {
  'gen_ai.system.message': { side: 'input', role: 'system' },
  'gen_ai.user.message': { side: 'input', role: 'user' },
  'gen_ai.assistant.message': { side: 'input', role: 'assistant' },
  'gen_ai.tool.message': { side: 'input', role: 'tool' },
  'gen_ai.choice': { side: 'output', role: 'assistant' },
  'gen_ai.content.prompt': { side: 'input', role: null },
  'gen_ai.content.completion': { side: 'output', role: null },
};

/** One event from 1.37 on carries lists of messages instead. */
export const DETAILS_EVENT = 'gen_ai.client.inference.operation.details';

export interface EventMessage {
  side: 'input' | 'output';
  text: string;
}

/** The messages an event or log record carries; empty where it is none of these. `body` is its content, `attributes` stand beside it. */
export function eventMessages(name: string, body: unknown, attributes: Readonly<Record<string, unknown>>): EventMessage[] {
  if (name === DETAILS_EVENT) return detailsMessages({ ...asObject(body), ...attributes });
  const event = Object.hasOwn(EVENTS, name) ? EVENTS[name] : undefined;
  if (!event) return [];
  const content = asObject(body) ?? (body === null ? attributes : { content: body });
  const own = asObject(body) ? content : { ...content, ...pick(attributes) };
  return [{ side: event.side, text: JSON.stringify(event.role ? { role: event.role, ...own } : own) }];
}

function detailsMessages(fields: Readonly<Record<string, unknown>>): EventMessage[] {
  const messages: EventMessage[] = [];
  const system = fields['gen_ai.system_instructions'];
  if (system !== undefined) messages.push({ side: 'input', text: JSON.stringify({ role: 'system', content: system }) });
  for (const [attribute, side] of [
    ['gen_ai.input.messages', 'input'],
    ['gen_ai.output.messages', 'output'],
  ] as const) {
    for (const item of asList(fields[attribute])) messages.push({ side, text: JSON.stringify(item) });
  }
  return messages;
}

function asList(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string') return [value];
  const parsed = parseJson(value);
  return Array.isArray(parsed) ? parsed : [parsed ?? value];
}

const asObject = (value: unknown): Record<string, unknown> | null =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : null;

/** Attributes that are part of the message, as span events carry them. */
function pick(attributes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const key of ['content', 'role', 'message', 'finish_reason', 'id', 'tool_calls', 'index', 'gen_ai.prompt', 'gen_ai.completion']) {
    if (Object.hasOwn(attributes, key)) out[key.startsWith('gen_ai.') ? 'content' : key] = attributes[key];
  }
  return out;
}
