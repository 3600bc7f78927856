import type { Kind } from '../draft.ts';
import type { SpanReader } from './reader.ts';

/** What kind of task a span is: the first rule in the common order whose attribute is there. No rule: `llm` for a model with usage, else `other`. */
export function kindOf(read: SpanReader): Kind {
  for (const rule of read.rules.kinds) {
    if (rule.scope !== undefined && read.span.origin.scopeName !== rule.scope) continue;
    const row = read.row(rule.key);
    if (row < 0) continue;
    let value = read.textAt(row);
    if (rule.lastSegment) value = value.slice(value.lastIndexOf('.') + 1);
    const kind = Object.hasOwn(rule.kinds, value) ? rule.kinds[value] : rule.otherwise;
    if (kind) return kind;
  }
  const named = read.has('responseModel') || read.has('requestModel');
  return named && (read.has('inputTokens') || read.has('outputTokens')) ? 'llm' : 'other';
}
