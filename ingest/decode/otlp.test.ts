import { describe, expect, it } from 'vitest';
import { type PlainSpan, protobufSpans, traceCaptures } from '../../test/support/otlp-proto.ts';
import { Interpreter } from '../interpret/interpret.ts';
import { Texts } from '../interpret/texts.ts';
import type { AttributeTable } from './attributes.ts';
import { tracesFromJson } from './json.ts';
import { decodeTraces } from './otlp.ts';
import type { SpanBatch } from './span.ts';

const captures = traceCaptures();

/** What we read, in the form of the reference decoder. */
function ourSpans({ spans, attributes }: SpanBatch): PlainSpan[] {
  return spans.map(({ statusCode, statusMessage, origin, start, end, ...s }) => ({
    traceId: s.traceId,
    spanId: s.spanId,
    parentId: s.parentId,
    name: s.name,
    kind: s.kind,
    start: String(start),
    end: String(end),
    status: { code: statusCode, message: statusMessage },
    traceState: s.traceState,
    attributes: pairs(attributes, s),
    events: s.events.map((e) => ({ name: e.name, at: String(e.at), attributes: pairs(attributes, e) })),
    links: s.links.map((l) => ({ traceId: l.traceId, spanId: l.spanId, attributes: pairs(attributes, l) })),
    resource: pairs(attributes, { from: origin.resourceFrom, to: origin.resourceTo }),
    scope: { name: origin.scopeName, version: origin.scopeVersion },
  }));
}

function pairs(table: AttributeTable, { from, to }: { from: number; to: number }): [string, unknown][] {
  const rows = Array.from({ length: to - from }, (_, i) => from + i);
  // Objects of ours have no prototype; that is not what is compared.
  return rows.map((i) => [table.keyTable.name(table.keys[i]!), JSON.parse(JSON.stringify(table.value(i)))]);
}

const decode = (bytes: Buffer, interpreter = new Interpreter()): SpanBatch => decodeTraces(bytes, interpreter.keys, interpreter.names);

describe.each(captures.filter((c) => c.pb !== null))('$name', ({ pb, json }) => {
  it('is read as protobufjs reads it', () => {
    const batch = decode(pb!);
    expect(batch.rejected.size).toBe(0);
    expect(ourSpans(batch)).toEqual(protobufSpans(pb!));
  });

  it('gives the same spans in JSON, to the last digit of the content hash', () => {
    const interpreter = new Interpreter();
    const [inJson, inProtobuf] = [tracesFromJson(json), pb!].map((bytes) => {
      const batch = decode(bytes, interpreter);
      const texts = new Texts();
      const { drafts, markers } = interpreter.interpret(batch, texts, 0);
      return {
        spans: ourSpans(batch),
        drafts: drafts.map(({ attributes: _, ...draft }) => draft),
        markers,
        texts: [...texts.slices.keys()],
      };
    });
    expect(inJson).toEqual(inProtobuf);
  });
});

describe('captures sent as JSON', () => {
  it.each(captures.filter((c) => c.pb === null))('$name: every span is read', ({ json }) => {
    const sent = JSON.parse(json) as { resourceSpans: { scopeSpans: { spans: { name: string }[] }[] }[] };
    const names = sent.resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans.map((span) => span.name)));
    expect(decode(tracesFromJson(json)).spans.map((span) => span.name)).toEqual(names);
  });
});
