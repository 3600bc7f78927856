import { anyValue, fixed64Field, keyValue, lengthField, logsRequestOf, requestOf, spanMessage, type Value } from '../support/otlp-wire.ts';

/** One version of a span, as it is sent, and what it must mean in the books. `end` 0n: it was still running. */
export interface SpanVersion {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly run: string;
  readonly start: bigint;
  readonly end: bigint;
  /** null: it calls no model. */
  readonly call: Call | null;
  readonly bytes: Buffer;
}

export interface Call {
  readonly model: string;
  readonly input: number;
  readonly output: number;
  /** Pico-dollars; null = nobody knows. */
  readonly cost: bigint | null;
}

/** A log record of a span, by what tells it apart in the books. */
export interface LogVersion {
  readonly traceId: string;
  readonly spanId: string;
  readonly at: bigint;
  readonly bytes: Buffer;
}

/** What a model costs, pico-dollars a token, written down here once more: the product's own table is what is to be checked. */
const RATES: Readonly<Record<string, { input: bigint; output: bigint } | null>> = {
  'gpt-4o': { input: 2_500_000n, output: 10_000_000n },
  'gpt-4o-mini': { input: 150_000n, output: 600_000n },
  'house-model-1': null,
};
const MODELS = Object.keys(RATES);
const FEATURES = ['prompt', 'chat', 'applet', 'cockpit', 'workflow'];

/**
 * Makes spans of agents' runs from a source of numbers in [0, 1): a root and some model calls, at times two traces under one run id. In which
 * order and in which company they are sent is for the sender to choose, so parents come late as often as not.
 */
export class Workload {
  /** The run id that the trace before this one began, where it did. */
  private begun = '';
  constructor(private readonly next: () => number) {}

  /** A new trace: all of its spans, some of them first as they were while they ran. */
  trace(): SpanVersion[] {
    const traceId = this.hex(16);
    const run = this.runOf(traceId);
    const rootId = this.hex(8);
    const start = BigInt(Date.now() - this.below(7_200_000)) * 1_000_000n;
    const spans = [this.span({ traceId, spanId: rootId, parentId: undefined, run, start, end: start + 60_000_000_000n, call: null })];
    for (let calls = 1 + this.below(8); calls > 0; calls--) {
      const same = { traceId, spanId: this.hex(8), parentId: rootId, run, start };
      if (this.next() < 0.05) spans.push(this.span({ ...same, end: 0n, call: null }));
      spans.push(this.span({ ...same, end: start + this.duration(), call: this.call() }));
    }
    return spans;
  }

  /** A later version of a model call that was sent: it took longer, and its usage is another. */
  correction({ traceId, spanId, parentId, run, start, end }: Omit<SpanVersion, 'bytes'>): SpanVersion {
    return this.span({ traceId, spanId, parentId, run, start, end: end + this.duration(), call: this.call() });
  }

  /** A message that comes as a log record beside its span. */
  log(of: SpanVersion): LogVersion {
    const at = (of.end === 0n ? BigInt(Date.now()) * 1_000_000n : of.end) - BigInt(this.below(1_000_000));
    const content = anyValue({ content: `what was asked: ${this.hex(8)}` });
    const bytes = Buffer.concat([
      fixed64Field(1, at),
      lengthField(5, content),
      lengthField(6, keyValue('event.name', 'gen_ai.user.message')),
      lengthField(9, Buffer.from(of.traceId, 'hex')),
      lengthField(10, Buffer.from(of.spanId, 'hex')),
    ]);
    return { traceId: of.traceId, spanId: of.spanId, at, bytes };
  }

  private call(): Call {
    const model = MODELS[this.below(MODELS.length)]!;
    const [input, output] = [1 + this.below(4000), 1 + this.below(900)];
    const rate = RATES[model]!;
    return { model, input, output, cost: rate && BigInt(input) * rate.input + BigInt(output) * rate.output };
  }

  private span(version: Omit<SpanVersion, 'bytes'>): SpanVersion {
    const { traceId, parentId, run, call } = version;
    const attributes: Record<string, Value> = parentId
      ? { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai' }
      : {
          'gen_ai.operation.name': 'invoke_agent',
          'airuns.feature': FEATURES[this.below(FEATURES.length)]!,
          'user.id': `u${this.below(40)}`,
        };
    if (!parentId && run !== traceId) attributes['airuns.run.id'] = run;
    if (call) {
      attributes['gen_ai.request.model'] = call.model;
      attributes['gen_ai.usage.input_tokens'] = BigInt(call.input);
      attributes['gen_ai.usage.output_tokens'] = BigInt(call.output);
    }
    const { spanId, start, end } = version;
    const name = parentId ? 'call' : 'agent';
    return { ...version, bytes: spanMessage({ traceId, spanId, name, start, end, attributes, ...(parentId && { parentId }) }) };
  }

  /** At times two traces in a row have one run id of their own. It stands on their roots only: until those come a run goes by the id of its trace. */
  private runOf(traceId: string): string {
    const begun = this.begun;
    this.begun = begun === '' && this.next() < 0.1 ? `run-${this.hex(6)}` : '';
    return begun || this.begun || traceId;
  }

  /** Nanoseconds, up to a minute. */
  private duration(): bigint {
    return BigInt(1 + this.below(60_000_000_000));
  }

  private below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Never all zero, which would be no id. Every sixteenth ends in a zero byte, which engines like to lose. */
  private hex(bytes: number): string {
    let text = '1';
    while (text.length < bytes * 2) text += this.below(16).toString(16);
    return this.next() < 1 / 16 ? `${text.slice(0, -2)}00` : text;
  }
}

export const tracesBody = (spans: readonly SpanVersion[]): Buffer => requestOf(...spans.map((span) => span.bytes));
export const logsBody = (logs: readonly LogVersion[]): Buffer => logsRequestOf(...logs.map((log) => log.bytes));
