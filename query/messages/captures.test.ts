import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { normalise, type Side } from './normalise.ts';
import { parseJson } from './value.ts';

/** Payloads that real SDKs sent. */
const CAPTURES = new URL('../../test/fixtures/otlp-captures/', import.meta.url);

interface AnyValue {
  stringValue?: string;
  intValue?: string | number;
  doubleValue?: number;
  boolValue?: boolean;
  arrayValue?: { values?: AnyValue[] };
  kvlistValue?: { values?: KeyValue[] };
}
interface KeyValue {
  key: string;
  value: AnyValue;
}
interface Carrier {
  attributes?: KeyValue[];
  body?: AnyValue;
}
interface Request {
  resourceSpans?: { scopeSpans: { spans: Carrier[] }[] }[];
  resourceLogs?: { scopeLogs: { logRecords: Carrier[] }[] }[];
}

const MESSAGES = new Set(['gen_ai.input.messages', 'gen_ai.output.messages', 'ai.prompt.messages', 'ai.prompt']);

function plain(value: AnyValue): unknown {
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(plain);
  if (value.kvlistValue) return Object.fromEntries((value.kvlistValue.values ?? []).map(({ key, value: inner }) => [key, plain(inner)]));
  return value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue ?? null;
}

/** As ingest stores it: each message of a list by itself. */
function stored(value: AnyValue): string[] {
  const sent = plain(value);
  const parsed = typeof sent === 'string' ? (parseJson(sent) ?? sent) : sent;
  return (Array.isArray(parsed) ? parsed : [parsed]).map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
}

function texts(file: string): [string, Side, string][] {
  const request = JSON.parse(readFileSync(new URL(file, CAPTURES), 'utf8')) as Request;
  const spans = (request.resourceSpans ?? []).flatMap((r) => r.scopeSpans).flatMap((s) => s.spans);
  const logs = (request.resourceLogs ?? []).flatMap((r) => r.scopeLogs).flatMap((s) => s.logRecords);
  const attributes = [...spans, ...logs].flatMap((carrier) => carrier.attributes ?? []).filter(({ key }) => MESSAGES.has(key));
  const bodies = logs.flatMap(({ body }) => (body?.kvlistValue ? [{ key: 'body', value: body }] : []));
  return [...attributes, ...bodies].flatMap(({ key, value }) =>
    stored(value).map((text): [string, Side, string] => [
      key,
      key.includes('output') || text.includes('finish_reason') ? 'output' : 'input',
      text,
    ]),
  );
}

const files = readdirSync(CAPTURES).filter((name) => name.endsWith('.otlp.json'));
const telling = files.filter((file) => texts(file).length > 0);

describe('messages of real senders', () => {
  it('has payloads to look at', () => expect(telling.length).toBeGreaterThan(40));

  it.each(telling)('%s: every message says something', (file) => {
    for (const [key, side, text] of texts(file)) {
      const messages = normalise(text, side);
      expect(messages.length, `${key}: ${text}`).toBeGreaterThan(0);
      for (const { role, parts } of messages) {
        expect(role, `${key}: ${text}`).not.toBe('data');
        expect(
          parts.some((part) => part.type !== 'data'),
          `${key}: ${text}`,
        ).toBe(true);
      }
    }
  });
});
