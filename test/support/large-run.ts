import { requestOf, type SpanInput, spanMessage } from './otlp-wire.ts';

const MS = 1_000_000n;
const PER_REQUEST = 10_000;

export interface LargeRunOptions {
  readonly traceId: string;
  /** Tasks of the run: a root, its steps, and the calls of each step. */
  readonly tasks: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Calls below each step. */
  readonly calls?: number;
}

const spanId = (n: number): string => (n + 1).toString(16).padStart(16, '0');

/**
 * The spans of one large run: a root with steps, each with `calls` model calls and one of them failed in every fifth step. They overlap, as
 * the parts of a batch job do. The number of a span is its place in the order of the tree.
 */
export function* largeRun({ traceId, tasks, at, calls = 31 }: LargeRunOptions): Generator<SpanInput> {
  const start = BigInt(at) * MS;
  const steps = Math.ceil((tasks - 1) / (calls + 1));
  const length = BigInt(steps) * 20n * MS + 2_000n * MS;
  yield {
    traceId,
    spanId: spanId(0),
    name: 'nightly-eval',
    start,
    end: start + length,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'nightly-eval',
      'airuns.feature': 'custom',
      'airuns.source.id': 'nightly-eval',
      'airuns.run.name': `Evaluation of ${tasks} tasks`,
    },
  };
  for (let n = 1, step = 0; n < tasks; step++) {
    const parent = n++;
    const from = start + BigInt(step) * 20n * MS;
    yield {
      traceId,
      spanId: spanId(parent),
      parentId: spanId(0),
      name: `case ${step}`,
      start: from,
      end: from + 1_900n * MS,
      attributes: { 'gen_ai.operation.name': 'evaluate' },
    };
    for (let call = 0; call < calls && n < tasks; call++, n++)
      yield modelCall(traceId, n, parent, from, call, step % 5 === 4 && call === 2);
  }
}

function modelCall(traceId: string, n: number, parent: number, from: bigint, call: number, failed: boolean): SpanInput {
  const start = from + BigInt(call) * 50n * MS;
  return {
    traceId,
    spanId: spanId(n),
    parentId: spanId(parent),
    name: 'chat gpt-5-mini',
    start,
    end: start + 300n * MS,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5-mini',
      ...(failed ? { 'error.type': 'timeout' } : { 'gen_ai.usage.input_tokens': 800n, 'gen_ai.usage.output_tokens': 40n }),
    },
    ...(failed && { status: { code: 2, message: 'No answer within 60 s' } }),
  };
}

/** Sends the run to a server, ten thousand spans in a request, the root last, as it ends last. */
export async function bookLargeRun(url: string, options: LargeRunOptions): Promise<void> {
  const [root, ...others] = largeRun(options);
  for (let first = 0; first < others.length; first += PER_REQUEST) {
    const last = first + PER_REQUEST >= others.length;
    await send(url, [...others.slice(first, first + PER_REQUEST), ...(last && root ? [root] : [])]);
  }
}

async function send(url: string, spans: readonly SpanInput[]): Promise<void> {
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: new Uint8Array(requestOf(...spans.map(spanMessage))),
  });
  if (!response.ok) throw new Error(`the run was answered with ${response.status}: ${await response.text()}`);
}
