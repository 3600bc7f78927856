import type { Kind } from '../draft.ts';

/** What interpret reads of a span, each from the first of its sources that is there. */
export const FIELDS = [
  'runId',
  'feature',
  'sourceId',
  'user',
  'session',
  'tags',
  'status',
  'live',
  'responseModel',
  'requestModel',
  'provider',
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'cost',
  'responseId',
  'errorType',
  'errorMessage',
  'ttftSeconds',
  'ttftMs',
  'ttftInstant',
  'toolName',
  /** The sender's own figure where it leaves the cached tokens out of its input; compared by a quirk. */
  'uncachedInputTokens',
  'thoughtTokens',
] as const;
export type Field = (typeof FIELDS)[number];

/** `attribute: value` decides the kind; `otherwise` is the kind for any other value of the attribute (absent: the rule says nothing). */
export interface KindRule {
  /** Place in the common order of rules; lower is asked first. */
  rank: number;
  attribute: string;
  kinds: Readonly<Record<string, Kind>>;
  otherwise?: Kind;
  /** Compare only what follows the last dot of the value (`ai.generateText.doGenerate`). */
  lastSegment?: boolean;
  /** The rule holds only for spans of this scope. */
  scope?: string;
}

/** Where a message text lies and how it is to be read. */
export interface ContentSource {
  attribute: string;
  side: 'input' | 'output';
  /**
   * `messages`: a JSON list, one text for each element. `system`: instructions, put before the input. `value`: one text as it is.
   * `user`, `assistant`: plain text of that role. `reasoning`, `toolCalls`: parts that join the assistant's message.
   */
  form: 'messages' | 'system' | 'value' | 'user' | 'assistant' | 'reasoning' | 'toolCalls';
}

export interface NameSource {
  rank: number;
  attribute: string;
  /** The name holds only where the span is the root (children carry a copy of their owner's). */
  rootOnly?: boolean;
}

/**
 * One sender's convention, as data. A source is an attribute name, or `attribute#path.in.its.json`.
 * Adding a dialect is adding such a table; only what no table can say becomes a quirk (quirks.ts).
 */
export interface Dialect {
  name: string;
  sources: Partial<Record<Field, readonly string[]>>;
  kinds?: readonly KindRule[];
  content?: readonly ContentSource[];
  /** Lists flattened into indexed attributes: `<prefix>.<n>.<rest>` is one message for each n. */
  indexed?: readonly { prefix: string; side: 'input' | 'output' }[];
  names?: readonly NameSource[];
}
