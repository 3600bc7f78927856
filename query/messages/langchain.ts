import { isObject, type Json } from './value.ts';

const ROLES: Record<string, string> = {
  HumanMessage: 'user',
  AIMessage: 'assistant',
  SystemMessage: 'system',
  ToolMessage: 'tool',
  FunctionMessage: 'tool',
};

/**
 * LangChain writes its objects as `{lc: 1, type: 'constructor', id: [..., 'HumanMessage'], kwargs}`. Gives the message in kwargs with its role;
 * undefined for anything else.
 */
export function langChainMessage(value: Json): Json | undefined {
  if (value.type !== 'constructor' || !Array.isArray(value.id) || !isObject(value.kwargs)) return undefined;
  const role = ROLES[String(value.id.at(-1)).replace(/Chunk$/, '')];
  if (role === undefined) return undefined;
  const { tool_calls: calls, additional_kwargs: extra, id: _messageId, ...message } = value.kwargs;
  const sent =
    Array.isArray(calls) && calls.length > 0 ? calls.map((call) => (isObject(call) ? { ...call, type: 'tool_call' } : call)) : undefined;
  return { ...message, role, tool_calls: sent ?? (isObject(extra) ? extra.tool_calls : undefined) };
}
