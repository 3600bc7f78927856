import type { SpanInput, Value } from '../support/otlp-wire.ts';

/** Deterministic numbers in [0, 1) (mulberry32). */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const START = 1_795_341_600_000_000_000n;
export const MODEL = 'gpt-4o-mini';

export type SentKind = 'llm' | 'embedding' | 'tool' | 'agent' | 'other';

/** One version of a span, in the words of the test; nothing of it is taken from the code that is tested. */
export interface Version {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly kind: SentKind;
  readonly name: string;
  readonly start: bigint;
  /** null: it has not ended. */
  readonly end: bigint | null;
  readonly usage: { readonly input: number; readonly output: number } | null;
  readonly responseId: string;
  readonly runId: string;
  readonly user: string;
  /** Unlike that of any other version. */
  readonly payload: string;
  /** Attributes that say nothing; the version with more of them wins where both end at once. */
  readonly padding: number;
  readonly text: string;
}

export interface Log {
  readonly traceId: string;
  readonly spanId: string;
  readonly at: bigint;
  readonly text: string;
}

export type Step =
  | {
      readonly do: 'spans';
      readonly versions: readonly Version[];
      readonly gzip: boolean;
      readonly broken: number;
      readonly waits: boolean;
    }
  | { readonly do: 'logs'; readonly logs: readonly Log[] }
  | { readonly do: 'delete'; readonly traceId: string }
  | { readonly do: 'reprice'; readonly inputPico: bigint; readonly outputPico: bigint };

export interface Scenario {
  readonly seed: number;
  readonly versions: readonly Version[];
  readonly steps: readonly Step[];
}

/** What a sender does to us: some traces of some shape, their versions in any order and batches, again and again, late, deleted, priced anew. */
export function scenarioOf(seed: number): Scenario {
  const next = random(seed);
  const below = (n: number): number => Math.floor(next() * n);
  const often = (share: number): boolean => next() < share;
  const pick = <T>(values: readonly T[]): T => values[below(values.length)]!;
  const deletes = seed % 5 === 3;
  const reprices = seed % 5 === 4;
  const namesRuns = !deletes && often(0.5);
  const wild = often(0.3);
  const versions: Version[] = [];
  const traces = Array.from({ length: 1 + below(3) }, (_, i) => idOf(32, seed * 8 + i + 1, i));
  for (const [t, traceId] of traces.entries()) {
    const spans = Array.from({ length: 1 + below(8) }, (_, i) => idOf(16, seed * 64 + i + 1, t + i));
    for (const [i, spanId] of spans.entries()) {
      const parentId = i === 0 ? (often(0.15) ? idOf(16, 999_999, 1) : '') : pick(wild && often(0.2) ? spans : spans.slice(0, i));
      const start = START + BigInt(i * 1000 + below(3)) * 1_000_000n;
      const kind = pick<SentKind>(i === 0 ? ['agent', 'agent', 'llm', 'other'] : ['llm', 'llm', 'tool', 'agent', 'other', 'embedding']);
      const responseId = often(0.25) ? pick(['r1', 'r2']) : `r-${t}-${i}`;
      const many = often(0.3) ? 1 + below(4) : 1;
      for (let v = 0; v < many; v++) {
        const running = many > 1 && v === 0 && often(0.5);
        const usage = often(0.7) && !running ? { input: below(5000), output: below(500) } : null;
        versions.push({
          traceId,
          spanId,
          parentId,
          kind,
          name: pick(['search', 'fetch']),
          start,
          end: running ? null : start + BigInt(1 + (often(0.3) ? 0 : v)) * 1_000_000_000n,
          usage,
          responseId,
          runId: namesRuns && (i === 0 ? often(0.7) : often(0.1)) ? `run-${seed}-${below(2)}` : '',
          user: often(0.3) ? pick(['ann', 'bob']) : '',
          payload: `payload ${seed}/${t}/${i}/${v}`,
          // Of two that end at once the later one says more than all the rest can: what wins must not hang on a hash the test does not know.
          padding: v * 8,
          text: `message ${seed}/${t}/${i}`,
        });
      }
    }
  }
  return { seed, versions, steps: stepsOf() };

  function stepsOf(): Step[] {
    const order = [...versions, ...versions.filter(() => often(0.3))]
      .map((version) => [next(), version] as const)
      .sort(([a], [b]) => a - b)
      .map(([, version]) => version);
    const steps: Step[] = [];
    for (let from = 0; from < order.length; ) {
      const size = 1 + below(often(0.3) ? 2 : 12);
      const broken = often(0.1) ? 1 + below(2) : 0;
      steps.push({ do: 'spans', versions: order.slice(from, from + size), gzip: often(0.5), broken, waits: often(0.6) });
      from += size;
    }
    const logs = versions
      .filter(() => often(0.2))
      .map(({ traceId, spanId, start }, i): Log => ({ traceId, spanId, at: start + BigInt(i), text: `said ${seed}/${spanId}/${i}` }));
    for (let again = 0; again < (logs.length > 0 ? 2 : 0); again++) insert({ do: 'logs', logs });
    if (reprices) insert({ do: 'reprice', inputPico: 11n, outputPico: 1_000_003n });
    if (deletes) insert({ do: 'delete', traceId: pick(traces) });
    return steps;

    function insert(step: Step): void {
      steps.splice(below(steps.length + 1), 0, step);
    }
  }
}

/** Ids that are easily confused: many end in zeros, some begin with them, neighbours differ in one place. */
function idOf(digits: number, n: number, shape: number): string {
  const number = n.toString(16);
  if (shape % 3 === 0) return number.padEnd(digits, '0');
  return shape % 3 === 1 ? number.padStart(digits, '0') : `f${number.padStart(digits - 1, 'f')}`;
}

const OPERATIONS: Readonly<Record<SentKind, string | null>> = {
  llm: 'chat',
  embedding: 'embeddings',
  tool: 'execute_tool',
  agent: 'invoke_agent',
  other: null,
};

/** The version as OpenTelemetry says it. */
export function spanOf(v: Version): SpanInput {
  const attributes: Record<string, Value> = { 'test.payload': v.payload };
  const operation = OPERATIONS[v.kind];
  if (operation !== null) attributes['gen_ai.operation.name'] = operation;
  if (v.kind === 'tool') attributes['gen_ai.tool.name'] = v.name;
  if (v.kind !== 'other' && v.kind !== 'tool') {
    attributes['gen_ai.provider.name'] = 'openai';
    attributes['gen_ai.request.model'] = MODEL;
  }
  if (v.kind === 'llm') {
    attributes['gen_ai.response.id'] = v.responseId;
    attributes['gen_ai.input.messages'] = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: v.text }] }]);
  }
  if (v.usage) {
    attributes['gen_ai.usage.input_tokens'] = BigInt(v.usage.input);
    attributes['gen_ai.usage.output_tokens'] = BigInt(v.usage.output);
  }
  if (v.runId) attributes['airuns.run.id'] = v.runId;
  if (v.user) attributes['user.id'] = v.user;
  for (let i = 0; i < v.padding; i++) attributes[`test.padding.${i}`] = '';
  return {
    traceId: v.traceId,
    spanId: v.spanId,
    ...(v.parentId ? { parentId: v.parentId } : {}),
    name: v.name,
    start: v.start,
    end: v.end ?? 0n,
    attributes,
  };
}
