import { describe, expect, it } from 'vitest';
import { interpret } from '../../test/support/otlp-interpret.ts';
import { anyValue, type SpanInput, type Value } from '../../test/support/otlp-wire.ts';
import { type Draft, Flag, Known } from '../draft.ts';

type Attributes = Readonly<Record<string, Value>>;
const draftOf = (attributes: Attributes, span: SpanInput = {}, scope?: string): Draft => interpret({ ...span, attributes }, scope).draft;

/** Tokens that are known. */
function tokensOf(d: Draft): Record<string, number> {
  const names = ['input', 'output', 'cacheRead', 'cacheWrite', 'reasoning'] as const;
  return Object.fromEntries(names.filter((name) => d.known & Known[name]).map((name) => [name, d[name]]));
}

describe('counts of tokens', () => {
  it.each<[string, Value, number | null, boolean]>([
    ['an int', 12n, 12, false],
    ['a double', 12, 12, false],
    ['numeric text', '12', 12, false],
    ['numeric text with blanks', ' 12 ', 12, false],
    ['text with an exponent', '1.2e1', 12, false],
    ['zero, which is known', 0n, 0, false],
    ['zero as text', '0', 0, false],
    ['the largest exact one', 9007199254740991n, 9007199254740991, false],
    ['beyond it', 9007199254740993n, null, true],
    ['2^63 - 1', 9223372036854775807n, null, true],
    ['2^64 as text', '18446744073709551616', null, true],
    ['a negative one', -1n, null, true],
    ['a negative one as text', '-1', null, true],
    ['a fraction', 1.5, null, true],
    ['a fraction as text', '1.5', null, true],
    ['a huge one', 1e30, null, true],
    ['NaN', Number.NaN, null, true],
    ['infinity', Number.POSITIVE_INFINITY, null, true],
    ['NaN as text', 'NaN', null, true],
    ['hex', '0x10', null, true],
    ['words', 'twelve', null, true],
    ['a truth value', true, null, true],
    ['a list', [12n], null, true],
    ['no value, which says nothing', null, null, false],
    ['empty text, which says nothing', '', null, false],
  ])('%s', (_name, value, tokens, flagged) => {
    const d = draftOf({ 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': value, 'gen_ai.usage.output_tokens': 7n });
    expect(tokensOf(d)).toEqual(tokens === null ? { output: 7 } : { input: tokens, output: 7 });
    expect((d.flags & Flag.valueOutOfRange) !== 0).toBe(flagged);
  });

  it.each<[string, Attributes, Record<string, number>]>([
    ['the newest name first', { 'gen_ai.usage.prompt_tokens': 1n, 'gen_ai.usage.input_tokens': 2n }, { input: 2 }],
    ['in whatever order they stand', { 'gen_ai.usage.input_tokens': 2n, 'gen_ai.usage.prompt_tokens': 1n }, { input: 2 }],
    ['the next one where the first says nothing', { 'gen_ai.usage.input_tokens': '', 'gen_ai.usage.prompt_tokens': 1n }, { input: 1 }],
    [
      'of every convention, never added up',
      { 'gen_ai.usage.input_tokens': 2n, 'llm.token_count.prompt': 2n, 'ai.usage.inputTokens': 2n },
      { input: 2 },
    ],
    [
      'from JSON in text',
      { 'gen_ai.usage.input_tokens': 9n, 'gen_ai.usage.input_token_details': '{"cache_read":4,"cache_creation":"2"}' },
      { input: 9, cacheRead: 4, cacheWrite: 2 },
    ],
    [
      'from a structured value',
      { 'gen_ai.usage.input_tokens': 9n, 'gen_ai.usage.input_token_details': { cache_read: 4n } },
      { input: 9, cacheRead: 4 },
    ],
    [
      'not from JSON that was cut',
      { 'gen_ai.usage.input_tokens': 9n, 'gen_ai.usage.input_token_details': '{"cache_read":4,"cac' },
      { input: 9 },
    ],
    [
      'reasoning as part of the output',
      { 'gen_ai.usage.output_tokens': 9n, 'gen_ai.usage.reasoning.output_tokens': 3n },
      { output: 9, reasoning: 3 },
    ],
    ['aggregates of a sender never', { 'gen_ai.aggregated_usage.input_tokens': 9n }, {}],
  ])('are taken: %s', (_name, attributes, want) => expect(tokensOf(draftOf(attributes))).toEqual(want));
});

describe('what is inside of what', () => {
  const usage = (input: bigint, output: bigint): Attributes => ({
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.output_tokens': output,
  });
  const cache = (read: bigint, write: bigint): Attributes => ({
    'gen_ai.usage.cache_read.input_tokens': read,
    'gen_ai.usage.cache_creation.input_tokens': write,
  });
  const metadata = (input: number) => ({
    'ai.response.providerMetadata': JSON.stringify({
      anthropic: { usage: { input_tokens: input, cache_read_input_tokens: 60, cache_creation_input_tokens: 20 } },
    }),
  });

  it.each<[string, Attributes, string | undefined, number]>([
    ['input includes what was cached', { ...usage(100n, 5n), ...cache(60n, 20n) }, undefined, 100],
    ['AI SDK v5 on Anthropic leaves it out', { ...usage(100n, 5n), ...metadata(100) }, undefined, 180],
    ['AI SDK v6 on Anthropic includes it', { ...usage(180n, 5n), ...metadata(100) }, undefined, 180],
    ['Traceloop on Anthropic leaves it out', { ...usage(100n, 5n), ...cache(60n, 20n) }, '@traceloop/instrumentation-anthropic', 180],
    ['Traceloop on OpenAI does not', { ...usage(100n, 5n), ...cache(60n, 20n) }, '@traceloop/instrumentation-openai', 100],
    ['more cached than input: it was left out', { ...usage(50n, 5n), ...cache(60n, 20n) }, undefined, 130],
    ['as much cached as input: it is included', { ...usage(80n, 5n), ...cache(60n, 20n) }, undefined, 80],
    [
      'a total that adds up only with it apart',
      { ...usage(100n, 5n), ...cache(60n, 20n), 'gen_ai.usage.total_tokens': 185n },
      undefined,
      180,
    ],
    ['a total that adds up without it', { ...usage(100n, 5n), ...cache(60n, 20n), 'gen_ai.usage.total_tokens': 105n }, undefined, 100],
    ['no cache at all', { ...usage(100n, 5n), 'gen_ai.usage.total_tokens': 105n }, undefined, 100],
    ['a cache of zero', { ...usage(100n, 5n), ...cache(0n, 0n), 'gen_ai.usage.total_tokens': 105n }, undefined, 100],
  ])('%s', (_name, attributes, scope, input) => expect(draftOf(attributes, {}, scope).input).toBe(input));

  it('adds nothing to an input that is unknown', () => {
    expect(tokensOf(draftOf(cache(60n, 20n)))).toEqual({ cacheRead: 60, cacheWrite: 20 });
  });
});

describe('kinds', () => {
  it.each<[Attributes, string]>([
    [{ 'gen_ai.operation.name': 'chat' }, 'llm'],
    [{ 'gen_ai.operation.name': 'text_completion' }, 'llm'],
    [{ 'gen_ai.operation.name': 'generate_content' }, 'llm'],
    [{ 'gen_ai.operation.name': 'embeddings' }, 'embedding'],
    [{ 'gen_ai.operation.name': 'execute_tool' }, 'tool'],
    [{ 'gen_ai.operation.name': 'retrieval' }, 'retrieval'],
    [{ 'gen_ai.operation.name': 'invoke_agent' }, 'agent'],
    [{ 'gen_ai.operation.name': 'create_agent' }, 'agent'],
    [{ 'gen_ai.operation.name': 'invoke_workflow' }, 'step'],
    [{ 'gen_ai.operation.name': 'agent_step', 'gen_ai.request.model': 'm', 'gen_ai.usage.input_tokens': 5n }, 'step'],
    [{ 'gen_ai.operation.name': '__proto__' }, 'step'],
    [{ 'openinference.span.kind': 'LLM' }, 'llm'],
    [{ 'openinference.span.kind': 'EMBEDDING' }, 'embedding'],
    [{ 'openinference.span.kind': 'TOOL' }, 'tool'],
    [{ 'openinference.span.kind': 'RERANKER' }, 'retrieval'],
    [{ 'openinference.span.kind': 'RETRIEVER' }, 'retrieval'],
    [{ 'openinference.span.kind': 'AGENT' }, 'agent'],
    [{ 'openinference.span.kind': 'CHAIN' }, 'step'],
    [{ 'openinference.span.kind': 'LLM', 'gen_ai.operation.name': 'execute_tool' }, 'llm'],
    [{ 'ai.operationId': 'ai.generateText.doGenerate' }, 'llm'],
    [{ 'ai.operationId': 'ai.streamText.doStream' }, 'llm'],
    [{ 'ai.operationId': 'ai.embedMany.doEmbed' }, 'embedding'],
    [{ 'ai.operationId': 'ai.toolCall' }, 'tool'],
    [{ 'ai.operationId': 'ai.generateText' }, 'step'],
    [{ 'ai.operationId': 'ai.generateText', 'gen_ai.operation.name': 'chat' }, 'llm'],
    [{ 'mastra.span.type': 'agent_run' }, 'agent'],
    [{ 'lmnr.span.type': 'LLM' }, 'llm'],
    [{ 'lmnr.span.type': 'DEFAULT' }, 'other'],
    [{ 'langsmith.span.kind': 'retriever' }, 'retrieval'],
    [{ 'traceloop.span.kind': 'workflow' }, 'step'],
    [{ 'traceloop.span.kind': 'tool' }, 'tool'],
    [{ 'llm.request.type': 'chat' }, 'llm'],
    [{ 'llm.request.type': 'embedding' }, 'embedding'],
    [{ 'mcp.method.name': 'tools/call' }, 'tool'],
    [{ 'mcp.method.name': 'initialize' }, 'step'],
    [{ 'gen_ai.tool.name': 'search' }, 'tool'],
    [{ 'gen_ai.tool.call.id': 'x' }, 'tool'],
    [{ 'gen_ai.request.model': 'm', 'gen_ai.usage.input_tokens': 5n }, 'llm'],
    [{ 'llm.model_name': 'm', 'llm.token_count.completion': 5n }, 'llm'],
    [{ 'gen_ai.request.model': 'm' }, 'other'],
    [{ 'gen_ai.agent.name': 'copied onto a child' }, 'other'],
    [{ 'http.route': '/chat' }, 'other'],
    [{}, 'other'],
  ])('%o', (attributes, kind) => expect(draftOf(attributes).kind).toBe(kind));

  it('marks an agent that is only set up', () => {
    expect(draftOf({ 'gen_ai.operation.name': 'create_agent' }).flags & Flag.createAgent).not.toBe(0);
    expect(draftOf({ 'gen_ai.operation.name': 'invoke_agent' }).flags & Flag.createAgent).toBe(0);
  });
});

describe('models and providers', () => {
  it.each([
    ['openai', 'openai'],
    ['OpenAI', 'openai'],
    ['openai.chat', 'openai'],
    ['openai.responses', 'openai'],
    ['anthropic.messages', 'anthropic'],
    ['aws.bedrock', 'aws.bedrock'],
    ['amazon-bedrock', 'aws.bedrock'],
    ['AWS', 'aws.bedrock'],
    ['azure.ai.openai', 'azure.ai.openai'],
    ['az.ai.openai', 'azure.ai.openai'],
    ['vertex_ai', 'gcp.vertex_ai'],
    ['gemini', 'gcp.gemini'],
    ['gcp.gemini', 'gcp.gemini'],
    ['xai', 'x_ai'],
    ['mistral', 'mistral_ai'],
    ['langchain', ''],
    ['strands-agents', ''],
    ['something new', 'something new'],
    ['constructor', 'constructor'],
  ])('provider %s is %j', (said, provider) => expect(draftOf({ 'gen_ai.system': said }).provider).toBe(provider));

  it.each<[Attributes, string, string]>([
    [{ 'gen_ai.request.model': 'a', 'gen_ai.response.model': 'a-2026' }, 'a-2026', 'a'],
    [{ 'gen_ai.request.model': 'a' }, 'a', 'a'],
    [{ 'gen_ai.response.model': 'a-2026' }, 'a-2026', ''],
    [{ 'ai.model.id': 'b', 'ai.response.model': 'b-1' }, 'b-1', 'b'],
  ])('%j', (attributes, model, requestModel) => expect(draftOf(attributes)).toMatchObject({ model, requestModel }));
});

describe('status and errors', () => {
  const failed = (attributes: Attributes = {}, over: SpanInput = {}) =>
    draftOf(attributes, { status: { code: 2, message: 'broke' }, ...over });
  it('is failed by the status of the span alone', () => {
    expect(failed({ 'error.type': '429' })).toMatchObject({ status: 'failed', errorType: '429', errorMessage: 'broke' });
    expect(draftOf({ 'error.type': '429' })).toMatchObject({ status: 'completed', errorType: '', errorMessage: '' });
  });

  it('takes type and message from the exception where nothing else says them', () => {
    const events = [{ name: 'exception', attributes: { 'exception.type': 'RateLimit', 'exception.message': 'slow down' } }];
    expect(failed({}, { events, status: { code: 2 } })).toMatchObject({ errorType: 'RateLimit', errorMessage: 'slow down' });
    expect(failed({ 'error.type': '429' }, { events })).toMatchObject({ errorType: '429', errorMessage: 'broke' });
  });

  it.each<[string, SpanInput, string]>([
    ['ok', { status: { code: 1 } }, 'completed'],
    ['not set', {}, 'completed'],
    ['without an end', { end: 0n }, 'running'],
    ['failed, without an end', { end: 0n, status: { code: 2 } }, 'running'],
    ['cancelled', { attributes: { 'airuns.status': 'cancelled' } }, 'cancelled'],
    ['cancelled by an error', { attributes: { 'airuns.status': 'cancelled' }, status: { code: 2 } }, 'failed'],
  ])('%s', (_name, span, status) => {
    const { draft } = interpret(span);
    expect(draft.status).toBe(status);
    // Settle tells versions of a span by it, and reads it back from the status.
    expect(draft.hasEnd).toBe(status !== 'running');
  });
});

describe('facts of the run', () => {
  it.each<[Value, string[]]>([
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    ['["a","b"]', ['a', 'b']],
    ['a,b', ['a', 'b']],
    [' a , b ,, a', ['a', 'b']],
    ['one', ['one']],
    ['[not json', ['[not json']],
    [
      ['a', 5n, ''],
      ['a', '5'],
    ],
    ['', []],
    ['x'.repeat(100), ['x'.repeat(64)]],
    [Array.from({ length: 50 }, (_, i) => `t${i}`), Array.from({ length: 32 }, (_, i) => `t${i}`)],
  ])('tags %o', (value, tags) => expect(draftOf({ 'airuns.tags': value }).ownTags).toEqual(tags));

  it('are cut to a length that a column holds', () => {
    const long = 'x'.repeat(1000);
    const d = draftOf({ 'airuns.run.id': long, 'user.id': long, 'session.id': long, 'airuns.feature': long, 'airuns.source.id': long });
    expect([d.ownRunId, d.ownUser, d.ownSession, d.ownFeature, d.ownSource].map((text) => text.length)).toEqual([256, 256, 256, 64, 256]);
  });

  it('are read from text in numbers as well', () => expect(draftOf({ 'user.id': 42n }).ownUser).toBe('42'));

  it.each<[Attributes, Partial<Draft>]>([
    [
      { 'airuns.run.name': 'mine', 'gen_ai.workflow.name': 'flow' },
      { runName: 'mine', rootName: '' },
    ],
    [{ 'gen_ai.workflow.name': 'flow' }, { runName: 'flow' }],
    [{ 'gen_ai.agent.name': 'agent' }, { runName: '', rootName: 'agent' }],
    [{ 'traceloop.workflow.name': 'w', 'gen_ai.agent.name': 'agent' }, { rootName: 'w' }],
    [{}, { runName: '', rootName: '', runNameRank: 1000, rootNameRank: 1000 }],
  ])('name: %j', (attributes, want) => expect(draftOf(attributes)).toMatchObject(want));

  it('names a tool by its name, anything else by its span', () => {
    expect(draftOf({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' }, { name: 'execute_tool search' }).name).toBe(
      'search',
    );
    expect(draftOf({ 'gen_ai.operation.name': 'chat', 'gen_ai.tool.name': 'search' }, { name: 'chat m' }).name).toBe('chat m');
  });
});

describe('amounts of money', () => {
  it.each<[Value, bigint | null]>([
    ['0.000034', 34_000_000n],
    [0.000034, 34_000_000n],
    ['1e-12', 1n],
    [5n, 5_000_000_000_000n],
    ['0', 0n],
    [-1, null],
    ['-0.5', null],
    [Number.NaN, null],
    ['NaN', null],
    [1e12, null],
    ['1000000', null],
    ['999999.999999999999', 999_999_999_999_999_999n],
    ['0.12345678901234567', 123_456_789_012n],
    ['free', null],
  ])('%s', (value, pico) => {
    const d = draftOf({ 'gen_ai.usage.cost': value });
    expect(d.known & Known.reportedCost ? d.reportedCost : null).toBe(pico);
    expect((d.flags & Flag.valueOutOfRange) !== 0).toBe(pico === null);
  });
});

describe('markers and placeholders', () => {
  it('tell of a run under way and are no tasks', () => {
    const { drafts, markers } = interpret({
      name: 'root',
      attributes: { 'airuns.live': 'start', 'airuns.run.id': 'R', 'airuns.run.name': 'mine', 'airuns.feature': 'chat', 'user.id': 'u' },
    });
    expect(drafts).toEqual([]);
    expect(markers).toMatchObject([{ runId: 'R', name: 'mine', feature: 'chat', userId: 'u' }]);
  });

  it('without a run id name the trace', () => {
    const { markers } = interpret({ attributes: { 'airuns.live': 'heartbeat' } });
    expect(markers[0]).toMatchObject({ runId: '0af7651916cd43dd8448eb211c80319c', name: 'span' });
  });

  it.each(['pending_span', 'log'])('logfire %s says nothing of a run', (type) => {
    const { drafts, markers } = interpret({ attributes: { 'logfire.span_type': type, 'gen_ai.operation.name': 'chat' } });
    expect([drafts.length, markers.length]).toEqual([0, 1]);
    expect(markers[0]!.runId).toBe('');
  });

  it('logfire span is a span', () => {
    expect(interpret({ attributes: { 'logfire.span_type': 'span', 'gen_ai.operation.name': 'chat' } }).drafts).toHaveLength(1);
  });
});

describe('values that are too long', () => {
  it('are flagged', () => {
    expect(draftOf({ k: 'x'.repeat(65_537) }).flags & Flag.truncated).not.toBe(0);
    expect(draftOf({ k: 'x'.repeat(65_536) }).flags & Flag.truncated).toBe(0);
  });

  it('are not those that are kept as texts', () => {
    expect(draftOf({ 'input.value': 'x'.repeat(100_000) }).flags & Flag.truncated).toBe(0);
  });

  it('attributes that were dropped are flagged', () => {
    expect(draftOf({ ['k'.repeat(300)]: 'v' }).flags & Flag.attributesDropped).not.toBe(0);
    expect(draftOf({}, { raw: Buffer.of(0x50, 3) }).flags & Flag.attributesDropped).not.toBe(0);
  });
});

describe('hostile values', () => {
  it('as JSON with a prototype in it change nothing', () => {
    const d = draftOf({
      metadata: '{"__proto__":{"user_id":"evil"},"session_id":"s"}',
      'gen_ai.usage.input_token_details': '{"__proto__":{"cache_read":5}}',
    });
    expect(d).toMatchObject({ ownUser: '', ownSession: 's', cacheRead: 0 });
    expect(({} as Record<string, unknown>).user_id).toBeUndefined();
  });

  it('an encoded value of the wrong shape is unknown', () => {
    expect(tokensOf(draftOf({ 'gen_ai.usage.input_tokens': anyValue({ a: 1n }) }))).toEqual({});
  });
});
