import { toAsk } from './ask.ts';
import { everyday } from './everyday.ts';
import { facts } from './facts.ts';
import { fallback, talk } from './talk.ts';
import { work } from './work.ts';

const TOPICS = [...talk, ...everyday, ...work, facts, fallback];

/** The demo's answer: markdown that depends on the conversation alone. */
export function replyTo(text: string, earlier: readonly string[], instructions: string): string {
  const ask = toAsk(text, earlier);
  const topic = TOPICS.find((candidate) => candidate.matches(ask)) ?? fallback;
  const paragraphs = topic.reply(ask);
  const brief = /\b(brief(?:ly)?|one sentence|one paragraph|be short|concise(?:ly)?)\b/i.test(`${instructions}\n${text}`);
  return (brief ? paragraphs.slice(0, 1) : paragraphs).join('\n\n');
}

/** What a model says after its tools have answered. */
export function replyWithResults(results: readonly string[]): string {
  const values = results.map(readable);
  const failed = values.find((value) => value.error !== undefined);
  if (failed) return `I could not work that out: ${failed.error}. Could you write it a little differently?`;
  if (values.length === 1) return `The answer is **${values[0]!.text}**.`;
  return `Here is what I found:\n\n${values.map(({ text }) => `- **${text}**`).join('\n')}`;
}

/** Tools answer with JSON, mostly an object of one interesting field. */
function readable(result: string): { text: string; error?: string } {
  let value: unknown;
  try {
    value = JSON.parse(result);
  } catch {
    return { text: result };
  }
  if (typeof value !== 'object' || value === null) return { text: String(value) };
  if ('error' in value) return { text: '', error: String(value.error) };
  return { text: String(Object.values(value)[0] ?? 'nothing') };
}
