import type { MessagePart } from '../contract/index.ts';
import type { NormalMessage } from './normalise.ts';

/** A message, or one call or result in it, with what makes it the same as another. */
export interface Atom {
  readonly key: string;
  readonly role: NormalMessage['role'];
  readonly parts: readonly MessagePart[];
  /** The message it was cut from. */
  readonly of: NormalMessage;
}

/**
 * Cuts messages into what the conventions agree on: the words, and each tool call and result by itself. One sender puts two results into
 * one message, another makes two; an answer is one message when it comes out and several when it is sent back as history.
 * Ids, reasoning and white space differ between copies of one message and are no part of the key. What says nothing has no atom.
 */
export function atoms(messages: readonly NormalMessage[]): Atom[] {
  return messages.flatMap((of) => {
    const { role, parts } = of;
    const out: Atom[] = [];
    let words: MessagePart[] = [];
    const close = () => {
      const key = wordsKey(words);
      if (key !== '') out.push({ key: `${role}:${key}`, role, parts: words, of });
      words = [];
    };
    for (const part of parts) {
      if (part.type !== 'tool_call' && part.type !== 'tool_result') words.push(part);
      else {
        close();
        out.push({ key: `${role}:${toolKey(part)}`, role, parts: [part], of });
      }
    }
    close();
    return out;
  });
}

function wordsKey(parts: readonly MessagePart[]): string {
  const keys = parts.filter((part) => part.type !== 'reasoning').map(wordKey);
  const said = keys.filter((key) => key !== '').join('\n');
  if (said !== '') return said;
  const thoughts = parts.flatMap((part) => (part.type === 'reasoning' && part.text.trim() !== '' ? [squeeze(part.text)] : []));
  return thoughts.length > 0 ? `thought:${thoughts.join('\n')}` : '';
}

function wordKey(part: MessagePart): string {
  if (part.type === 'text') return squeeze(part.text);
  if (part.type === 'media') return `media:${part.uri ?? `${part.mimeType}/${part.bytes}`}`;
  return part.type === 'data' ? `data:${canonical(part.value)}` : '';
}

function toolKey(part: Extract<MessagePart, { type: 'tool_call' | 'tool_result' }>): string {
  return part.type === 'tool_call' ? `call:${part.name}:${canonical(part.arguments)}` : `result:${canonical(part.result)}`;
}

const squeeze = (text: string) => text.replace(/\s+/g, ' ').trim();

/** JSON with sorted keys, so that the same value is the same text. Values come from normalise(), which bounds their depth. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}
