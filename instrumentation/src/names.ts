/** Scope of every span this package starts. */
export const SCOPE = { name: '@ai-runs/instrumentation', version: '0.1.0' } as const;

/** Attribute names of ours, and the two of OpenTelemetry that say who is using the feature. */
export const RUN = {
  id: 'airuns.run.id',
  name: 'airuns.run.name',
  feature: 'airuns.feature',
  sourceId: 'airuns.source.id',
  variables: 'airuns.run.variables',
  settings: 'airuns.run.settings',
  tags: 'airuns.tags',
  live: 'airuns.live',
  status: 'airuns.status',
  costUsd: 'airuns.cost.usd',
  userId: 'user.id',
  sessionId: 'session.id',
} as const;

/**
 * OpenTelemetry GenAI names, copied on purpose: the conventions are still marked as in development, and a release of
 * theirs must not rename what we send.
 */
export const GEN_AI = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  responseId: 'gen_ai.response.id',
  finishReasons: 'gen_ai.response.finish_reasons',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.usage.cache_creation.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  toolDefinitions: 'gen_ai.tool.definitions',
  toolName: 'gen_ai.tool.name',
  toolCallId: 'gen_ai.tool.call.id',
  toolArguments: 'gen_ai.tool.call.arguments',
  toolResult: 'gen_ai.tool.call.result',
  agentName: 'gen_ai.agent.name',
  retrievalQuery: 'gen_ai.retrieval.query.text',
  retrievalDocuments: 'gen_ai.retrieval.documents',
} as const;

export const ERROR_TYPE = 'error.type';
export const HTTP_STATUS = 'http.response.status_code';
/** Steps have no GenAI name for what goes in and out; these are OpenInference's. */
export const INPUT_VALUE = 'input.value';
export const OUTPUT_VALUE = 'output.value';
