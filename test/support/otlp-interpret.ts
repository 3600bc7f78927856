import { decodeTraces } from '../../ingest/decode/otlp.ts';
import type { Draft } from '../../ingest/draft.ts';
import { type Interpreted, Interpreter } from '../../ingest/interpret/interpret.ts';
import { Texts } from '../../ingest/interpret/texts.ts';
import { requestFrom, type SpanInput, spanMessage } from './otlp-wire.ts';

export interface Read extends Interpreted {
  readonly draft: Draft;
  /** The texts of the draft by their references, parsed where they are JSON. */
  readonly input: unknown[];
  readonly output: unknown[];
  /** What stays as attributes. */
  readonly attributes: Record<string, string>;
}

/** One span through decode and interpret. */
export function interpret(span: SpanInput, scope = 'test', now = 1_795_341_600_000): Read {
  const interpreter = new Interpreter();
  const texts = new Texts();
  const decoded = decodeTraces(requestFrom(scope, spanMessage(span)), interpreter.keys, interpreter.names);
  const found = interpreter.interpret(decoded, texts, now);
  const draft = found.drafts[0]!;
  const textOf = (ref: string): unknown => {
    const { bytes, from, to } = texts.slices.get(ref)!;
    const text = bytes.toString('utf8', from, to);
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  };
  return {
    ...found,
    draft,
    input: (draft?.inputRefs ?? []).map(textOf),
    output: (draft?.outputRefs ?? []).map(textOf),
    attributes: draft ? attributesOf(draft) : {},
  };
}

function attributesOf({ attributes: { table, from, to, skip } }: Draft): Record<string, string> {
  const rows = Array.from({ length: to - from }, (_, i) => from + i).filter((i) => !skip?.has(i));
  return Object.fromEntries(rows.map((i) => [table.keyTable.name(table.keys[i]!), table.text(i)]));
}
