/**
 * Two made-up days of work as OTLP JSON: what the pages are looked at with. The same clock gives the same runs.
 */
type Value = string | number | readonly string[];
type Attributes = Readonly<Record<string, Value | undefined>>;

interface Span {
  readonly name: string;
  /** Milliseconds after the start of the run. */
  readonly from: number;
  readonly to: number;
  readonly attributes: Attributes;
  readonly failed?: { type: string; message: string };
  readonly children?: readonly Span[];
}

interface MadeRun {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly id: string;
  readonly root: Span;
}

/** A small generator of the same numbers every time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const hex = (value: number, length: number): string => value.toString(16).padStart(length, '0').slice(-length);
const words = (role: string, text: string): string => JSON.stringify([{ role, parts: [{ type: 'text', content: text }] }]);

interface Model {
  readonly request: string;
  readonly response: string;
  readonly provider: string;
  readonly weight: number;
}

const MODELS: readonly Model[] = [
  { request: 'claude-sonnet-4-5', response: 'claude-sonnet-4-5-20250929', provider: 'anthropic', weight: 30 },
  { request: 'gpt-5', response: 'gpt-5-2025-08-07', provider: 'openai', weight: 17 },
  { request: 'gpt-5-mini', response: 'gpt-5-mini-2025-08-07', provider: 'openai', weight: 28 },
  { request: 'gemini-2.5-pro', response: 'gemini-2.5-pro', provider: 'gcp.gemini', weight: 9 },
  { request: 'claude-haiku-4-5', response: 'claude-haiku-4-5-20251001', provider: 'anthropic', weight: 12 },
  { request: 'gpt-4o-mini', response: 'gpt-4o-mini-2024-07-18', provider: 'openai', weight: 6 },
  { request: 'qwen3-next-80b', response: 'qwen3-next-80b', provider: 'vllm', weight: 3 },
];

interface Work {
  readonly feature: string;
  readonly source: string;
  readonly users: readonly string[];
  readonly weight: number;
  readonly names: (n: number) => string;
  /** Model calls, at least and at most. */
  readonly calls: readonly [number, number];
  readonly tools: readonly string[];
}

const WORKS: readonly Work[] = [
  {
    feature: 'prompt',
    source: 'summarise-ticket',
    users: ['a.moreau', 'e.novak'],
    weight: 32,
    names: (n) => `Ticket ${5000 + n} summary`,
    calls: [1, 1],
    tools: [],
  },
  {
    feature: 'chat',
    source: 'support-assistant',
    users: ['j.lindqvist', 'm.okafor', 'guest-4c1f', 'guest-90ab'],
    weight: 28,
    names: (n) => `Where is parcel ${88_000 + n}?`,
    calls: [2, 4],
    tools: ['get_order', 'track_parcel'],
  },
  {
    feature: 'applet',
    source: 'contract-reader',
    users: ['k.tanaka'],
    weight: 17,
    names: (n) => `Contract ${n}, clauses`,
    calls: [2, 6],
    tools: ['load_document'],
  },
  {
    feature: 'workflow',
    source: 'invoice-triage',
    users: ['system'],
    weight: 13,
    names: (n) => `INV-${20_000 + n} triage`,
    calls: [1, 5],
    tools: ['crm_lookup', 'post_ledger'],
  },
  {
    feature: 'cockpit',
    source: 'daily-brief',
    users: ['r.silva'],
    weight: 7,
    names: (n) => ['Morning brief, EMEA', 'Brief: board pack', 'Brief: open deals'][n % 3]!,
    calls: [4, 9],
    tools: ['search_news', 'read_mail'],
  },
  {
    feature: 'custom',
    source: 'nightly-eval',
    users: ['system'],
    weight: 3,
    names: (n) => `Eval batch ${n}`,
    calls: [3, 8],
    tools: ['score'],
  },
];

const FAILURES = [
  { type: 'rate_limit_exceeded', message: '429 Too many requests, try again in 20 s' },
  { type: 'timeout', message: 'No answer within 60 s' },
  { type: 'context_length_exceeded', message: 'This model takes at most 128,000 tokens; the request has 141,204' },
  { type: 'content_filter', message: 'The answer was withheld by the content filter' },
] as const;

function pick<T extends { readonly weight: number }>(from: readonly T[], random: number): T {
  let left = random * from.reduce((sum, { weight }) => sum + weight, 0);
  return (
    from.find(({ weight }) => {
      left -= weight;
      return left < 0;
    }) ?? from[0]!
  );
}

interface CallOptions {
  readonly model: Model;
  readonly from: number;
  readonly to: number;
  readonly input: number;
  readonly output: number;
  readonly cached?: number;
  readonly written?: number;
  readonly firstMs?: number;
  readonly reported?: string;
  readonly asked?: string;
  readonly answered?: string;
  readonly failed?: Span['failed'];
}

function call({ model, from, to, ...options }: CallOptions): Span {
  const known = options.failed === undefined;
  return {
    name: `chat ${model.request}`,
    from,
    to,
    ...(options.failed && { failed: options.failed }),
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': model.provider,
      'gen_ai.request.model': model.request,
      'gen_ai.response.model': known ? model.response : undefined,
      'gen_ai.usage.input_tokens': known ? options.input : undefined,
      'gen_ai.usage.output_tokens': known ? options.output : undefined,
      'gen_ai.usage.cache_read.input_tokens': known ? options.cached : undefined,
      'gen_ai.usage.cache_creation.input_tokens': known ? options.written : undefined,
      'gen_ai.response.time_to_first_chunk': options.firstMs === undefined ? undefined : options.firstMs / 1000,
      'gen_ai.response.finish_reasons': known ? ['stop'] : undefined,
      'gen_ai.input.messages': options.asked,
      'gen_ai.output.messages': options.answered,
      'airuns.cost.usd': options.reported,
    },
  };
}

function tool(name: string, from: number, to: number, args: unknown, result: unknown, failed?: Span['failed']): Span {
  return {
    name,
    from,
    to,
    ...(failed && { failed }),
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': name,
      'gen_ai.tool.call.arguments': JSON.stringify(args),
      'gen_ai.tool.call.result': failed ? undefined : JSON.stringify(result),
    },
  };
}

/** A run of ordinary work: model calls with tools between them. */
function ordinaryRun(n: number, at: number, random: () => number): MadeRun {
  const work = pick(WORKS, random());
  const model = work.feature === 'applet' && random() < 0.12 ? MODELS[6]! : pick(MODELS.slice(0, 6), random());
  const calls = work.calls[0] + Math.floor(random() * (work.calls[1] - work.calls[0] + 1));
  const failed = random() < 0.022 ? FAILURES[Math.floor(random() ** 1.6 * FAILURES.length)] : undefined;
  const spans: Span[] = [];
  let clock = 20;
  for (let turn = 0; turn < calls; turn++) {
    const last = turn === calls - 1;
    const output = Math.round(60 + 700 * random() ** 2);
    const input = Math.round(600 + 9000 * random() ** 2 + turn * 900);
    const firstMs = 280 + 1100 * random() ** 2;
    const to = clock + firstMs + output * (4 + 4 * random());
    const cached = model.provider === 'vllm' || random() < 0.35 ? undefined : Math.round(input * 0.6);
    const question = turn === 0 ? words('user', `${work.names(n)}: please look into it and answer in short.`) : undefined;
    const answer = last
      ? words('assistant', 'Done. The facts are below; nothing needs your attention.')
      : words('assistant', 'Let me look that up.');
    spans.push(
      call({
        model,
        from: clock,
        to,
        input,
        output,
        firstMs,
        ...(cached !== undefined && { cached }),
        ...(question && { asked: question }),
        answered: answer,
        ...(last && failed && { failed }),
      }),
    );
    clock = to + 15;
    if (last || work.tools.length === 0) continue;
    const name = work.tools[Math.floor(random() * work.tools.length)]!;
    const took = 80 + 900 * random() ** 2;
    spans.push(tool(name, clock, clock + took, { id: n }, { ok: true, rows: Math.round(random() * 20) }));
    clock += took + 15;
  }
  return {
    at,
    id: hex(Math.floor(random() * 2 ** 32), 8) + hex(Math.floor(random() * 2 ** 32), 8) + hex(n, 16),
    root: {
      name: work.source,
      from: 0,
      to: clock,
      ...(failed && { failed }),
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': work.source,
        'airuns.feature': work.feature,
        'airuns.source.id': work.source,
        'airuns.run.name': work.names(n),
        'user.id': work.users[Math.floor(random() * work.users.length)],
        'airuns.tags': random() < 0.15 ? ['test'] : undefined,
      },
      children: spans,
    },
  };
}

const QUESTION = 'The blender from order 88213 arrived cracked. Can I get my money back, or do I need to return it first?';
const text = (content: string) => ({ type: 'text', content });
const toolCall = (id: string, name: string, args: unknown) => ({ type: 'tool_call', id, name, arguments: args });
const toolAnswer = (id: string, result: unknown) => ({ role: 'tool', parts: [{ type: 'tool_call_response', id, response: result }] });

/** The run the pictures show: an agent with a lookup, a sub-agent, a refund that fails once, and a reported amount. */
export function refundRun(at: number): MadeRun {
  const sonnet = MODELS[0]!;
  const order = { total: 64.9, currency: 'USD', delivered: '2026-11-17' };
  const asked = [{ role: 'user', parts: [text(QUESTION)] }];
  const first = [
    {
      role: 'assistant',
      parts: [
        text('I am sorry about that. Let me look at your order and the rules for damaged goods.'),
        toolCall('c1', 'get_order', { order: 88213 }),
        toolCall('c2', 'policy-reader', { topic: 'damaged goods' }),
      ],
    },
  ];
  const seen = [...asked, ...first, toolAnswer('c1', order), toolAnswer('c2', 'damaged on arrival: refund without return, limit $150')];
  const second = [
    {
      role: 'assistant',
      parts: [
        text('This is covered, and it is below the limit, so I will refund you straight away.'),
        toolCall('c3', 'issue_refund', { order: 88213, amount: 64.9 }),
        toolCall('c4', 'issue_refund', { order: 88213, amount: 64.9 }),
      ],
    },
  ];
  const after = [...seen, ...second, toolAnswer('c3', '502 Bad Gateway'), toolAnswer('c4', { refund: 're_5512', ok: true })];
  const third = [
    {
      role: 'assistant',
      parts: [text('You do not need to send it back. I have refunded **$64.90** to your card; it should show within 3 to 5 working days.')],
    },
  ];
  const embedding: Span = {
    name: 'embeddings text-embedding-3-small',
    from: 60,
    to: 212,
    attributes: {
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'text-embedding-3-small',
      'gen_ai.response.model': 'text-embedding-3-small',
      'gen_ai.usage.input_tokens': 23,
    },
  };
  const search: Span = {
    name: 'search_kb',
    from: 40,
    to: 430,
    attributes: {
      'gen_ai.operation.name': 'retrieval',
      'gen_ai.retrieval.query.text': 'damaged goods refund',
      'gen_ai.retrieval.documents': JSON.stringify(['Damaged goods §2', 'Refund limits §1', 'Courier claims §4']),
    },
    children: [embedding],
  };
  const policy: Span = {
    name: 'policy-reader',
    from: 3640,
    to: 6480,
    attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'policy-reader' },
    children: [
      tool('load_policy', 3660, 3900, { topic: 'damaged goods' }, { sections: 4 }),
      call({ model: MODELS[2]!, from: 3920, to: 6460, firstMs: 1310, input: 1640, output: 96 }),
    ],
  };
  return {
    at,
    id: '7f3a9c2b5d1e4f60718293a4b5c6e41b',
    root: {
      name: 'support-assistant',
      from: 0,
      to: 14_220,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'support-assistant',
        'airuns.feature': 'chat',
        'airuns.source.id': 'support-assistant',
        'airuns.run.name': 'Refund for order 88213',
        'airuns.tags': ['refunds', 'eu'],
        'user.id': 'm.okafor',
        'gen_ai.usage.input_tokens': 13_390,
        'gen_ai.usage.output_tokens': 843,
      },
      children: [
        search,
        call({
          model: sonnet,
          from: 450,
          to: 3610,
          firstMs: 820,
          input: 3214,
          output: 148,
          written: 2728,
          asked: JSON.stringify(asked),
          answered: JSON.stringify(first),
        }),
        tool('get_order', 3640, 4120, { order: 88213 }, order),
        policy,
        call({
          model: sonnet,
          from: 6500,
          to: 9880,
          firstMs: 910,
          input: 3902,
          output: 386,
          cached: 2728,
          reported: '0.0101',
          asked: JSON.stringify(seen),
          answered: JSON.stringify(second),
        }),
        {
          name: 'check_limits',
          from: 9900,
          to: 9940,
          attributes: { 'gen_ai.operation.name': 'check', 'input.value': '{"amount": 64.90}', 'output.value': '{"ok": true}' },
        },
        tool('issue_refund', 9960, 10_990, { order: 88213, amount: 64.9 }, null, {
          type: '502',
          message: '502 Bad Gateway from payments: upstream reset',
        }),
        tool('issue_refund', 11_290, 12_010, { order: 88213, amount: 64.9 }, { refund: 're_5512', ok: true }),
        call({
          model: sonnet,
          from: 12_050,
          to: 14_180,
          firstMs: 640,
          input: 4611,
          output: 213,
          cached: 2728,
          asked: JSON.stringify(after),
          answered: JSON.stringify(third),
        }),
      ],
    },
  };
}

/** A run under way: it has announced itself and made a call, and its own span is yet to come. */
export function runUnderWay(at: number): MadeRun {
  const draft = {
    'airuns.feature': 'chat',
    'airuns.source.id': 'support-assistant',
    'airuns.run.name': 'Draft reply: late parcel',
    'user.id': 'j.lindqvist',
  };
  const first = call({ model: MODELS[0]!, from: 40, to: 4100, firstMs: 700, input: 8_800, output: 412, cached: 6_000 });
  return {
    at,
    id: '5e1f00d5e1f00d5e1f00d5e1f00d5e1f',
    root: {
      name: 'support-assistant',
      from: 0,
      to: 0,
      attributes: { ...draft, 'airuns.run.id': '5e1f00d5e1f00d5e1f00d5e1f00d5e1f', 'airuns.live': 'start' },
      children: [{ ...first, attributes: { ...first.attributes, ...draft } }],
    },
  };
}

/** The share of a day's runs that fall into an hour of the day: busy from seven to seven. */
function busyness(at: number): number {
  const hour = new Date(at).getUTCHours();
  return hour >= 7 && hour < 19 ? 1 + 0.55 * Math.sin(((hour - 7) / 12) * Math.PI) : 0.25;
}

/** Runs of the two days before `now`, oldest first, and the refund two minutes ago. */
export function daysOfWork(now: number, perHour = 24): MadeRun[] {
  const random = randomFrom(7);
  const runs: MadeRun[] = [];
  for (let hour = 47; hour >= 0; hour--) {
    const start = now - (hour + 1) * 3_600_000;
    const count = Math.round(perHour * busyness(start) * (0.85 + 0.3 * random()) * (hour >= 24 ? 0.92 : 1));
    for (let n = 0; n < count; n++) runs.push(ordinaryRun(runs.length, Math.round(start + random() * 3_540_000), random));
  }
  return [...runs, refundRun(now - 120_000)].sort((a, b) => a.at - b.at);
}

function otlpValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map(otlpValue) } };
}

const nanos = (ms: number): string => `${BigInt(Math.round(ms * 1000)) * 1000n}`;

function otlpSpans(run: MadeRun, span: Span, parent: string, ids: { next: number }): object[] {
  const spanId = hex(ids.next++, 4) + run.id.slice(4, 16);
  const own = {
    traceId: run.id,
    spanId,
    ...(parent && { parentSpanId: parent }),
    name: span.name,
    kind: 1,
    startTimeUnixNano: nanos(run.at + span.from),
    endTimeUnixNano: nanos(run.at + span.to),
    attributes: Object.entries({ ...span.attributes, 'error.type': span.failed?.type }).flatMap(([key, value]) =>
      value === undefined ? [] : [{ key, value: otlpValue(value) }],
    ),
    status: span.failed ? { code: 2, message: span.failed.message } : {},
  };
  return [own, ...(span.children ?? []).flatMap((child) => otlpSpans(run, child, spanId, ids))];
}

/** The runs as one OTLP request. */
export function otlpOf(runs: readonly MadeRun[]): object {
  const spans = runs.flatMap((run) => otlpSpans(run, run.root, '', { next: 1 }));
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'acme' } }] },
        scopeSpans: [{ scope: { name: 'acme' }, spans }],
      },
    ],
  };
}

const BATCH = 100;

/** Sends runs to a server, a hundred in a request. */
export async function book(url: string, runs: readonly MadeRun[]): Promise<void> {
  for (let first = 0; first < runs.length; first += BATCH) {
    const response = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(otlpOf(runs.slice(first, first + BATCH))),
    });
    if (!response.ok) throw new Error(`the runs were answered with ${response.status}: ${await response.text()}`);
  }
}
