import type { ChatCompletionCreateParams, ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { replyTo, replyWithResults } from './replies/index.ts';
import { countPrompt, countTokens, messageText } from './tokens.ts';
import { type WantedCall, wantedCalls } from './tools.ts';

/** What the demo is going to say, complete, before the first piece of it is sent. */
export interface Answer {
  reasoning: string;
  content: string;
  toolCalls: WantedCall[];
  finishReason: 'stop' | 'length' | 'tool_calls';
  usage: Usage;
}

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details: { cached_tokens: number };
  completion_tokens_details: { reasoning_tokens: number };
}

/** The answer to a request: a function of its messages, its tools and its limit. */
export function answerTo(request: ChatCompletionCreateParams): Answer {
  const { messages } = request;
  const tools = request.tool_choice === 'none' ? [] : (request.tools ?? []);
  const said = messages.filter((message) => message.role === 'user').map(messageText);
  const question = said.at(-1)?.trim() ?? '';
  const toolCalls = callsFor(messages, question, tools);
  const reasoning = /step by step|\[\[think\]\]/i.test(question) ? reasoningFor(question) : '';
  const whole = toolCalls.length > 0 ? '' : contentFor(messages, question, said.slice(0, -1));
  const limit = request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY;
  const content = cutTo(whole, Math.max(0, limit - countTokens(reasoning)));
  const finishReason = toolCalls.length > 0 ? 'tool_calls' : content === whole ? 'stop' : 'length';
  return { reasoning, content, toolCalls, finishReason, usage: usageOf(request, reasoning, content, toolCalls) };
}

/** Tools are asked for once per question, except by a question that asks for a loop. */
function callsFor(
  messages: readonly ChatCompletionMessageParam[],
  question: string,
  tools: Parameters<typeof wantedCalls>[1],
): WantedCall[] {
  const calls = wantedCalls(question, tools);
  return messages.at(-1)?.role === 'user' || question.includes('[[loop]]') ? calls : [];
}

function contentFor(messages: readonly ChatCompletionMessageParam[], question: string, earlier: readonly string[]): string {
  const sinceQuestion = messages.slice(messages.findLastIndex((message) => message.role === 'user') + 1);
  const results = sinceQuestion.filter((message) => message.role === 'tool').map((message) => messageText(message).trim());
  if (results.length > 0) return replyWithResults(results);
  const instructions = messages.filter((message) => message.role === 'system' || message.role === 'developer').map(messageText);
  return replyTo(question, earlier, instructions.join('\n'));
}

function reasoningFor(question: string): string {
  const words = question.split(/\s+/).length;
  return `The question has ${words} words. First I look for what is really asked, then for what is known, then for the shortest way from one to the other. I will check the result once before I answer.`;
}

function cutTo(text: string, limit: number): string {
  if (countTokens(text) <= limit) return text;
  let kept = '';
  for (const [piece] of text.matchAll(/\s*\S+/g)) {
    if (countTokens(kept + piece) > limit) break;
    kept += piece;
  }
  return kept;
}

function usageOf(request: ChatCompletionCreateParams, reasoning: string, content: string, toolCalls: readonly WantedCall[]): Usage {
  const { prompt, cached } = countPrompt(request.messages, request.tools ?? []);
  const thought = countTokens(reasoning);
  const called = toolCalls.reduce((sum, call) => sum + countTokens(call.name) + countTokens(JSON.stringify(call.arguments)), 0);
  const completion = thought + countTokens(content) + called;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: thought },
  };
}
