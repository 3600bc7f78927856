import type { ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources/chat/completions';

/** What a message costs beyond its text, and what the answer's opening costs: the figures OpenAI's cookbook gives. */
const PER_MESSAGE = 4;
const PER_REQUEST = 3;

/**
 * A deterministic estimate, not a tokenizer: a word is a token for every six letters begun, any other visible character
 * is one. English prose comes out within about a tenth of the real thing.
 */
export function countTokens(text: string): number {
  let tokens = 0;
  for (const [piece] of text.matchAll(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)) tokens += Math.ceil(piece.length / 6);
  return tokens;
}

export interface PromptTokens {
  prompt: number;
  /** Part of the prompt that the request before this one has already sent. */
  cached: number;
}

/** What comes before the last answer was sent with the request for that answer, so from the second one on it is cached. */
export function countPrompt(messages: readonly ChatCompletionMessageParam[], tools: readonly ChatCompletionTool[]): PromptTokens {
  const offered = tools.length === 0 ? 0 : countTokens(JSON.stringify(tools));
  const sums = messages.map((message) => PER_MESSAGE + countTokens(messageText(message)));
  const total = (upTo: number) => sums.slice(0, upTo).reduce((sum, tokens) => sum + tokens, 0);
  const lastAnswer = messages.findLastIndex((message) => message.role === 'assistant');
  return {
    prompt: offered + total(messages.length) + PER_REQUEST,
    cached: lastAnswer < 0 ? 0 : offered + total(lastAnswer),
  };
}

/** All text of a message: content, names and arguments of tool calls. */
export function messageText(message: ChatCompletionMessageParam): string {
  const { content } = message;
  const text = typeof content === 'string' ? content : (content ?? []).map((part) => ('text' in part ? part.text : '')).join('\n');
  const calls = message.role === 'assistant' ? (message.tool_calls ?? []) : [];
  return [text, ...calls.map((call) => (call.type === 'function' ? `${call.function.name} ${call.function.arguments}` : ''))].join('\n');
}
