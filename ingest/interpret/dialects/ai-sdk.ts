import type { Dialect } from '../dialect.ts';

/** Vercel AI SDK v4 to v6 and v7's legacy telemetry (`ai.*`); v7's own telemetry is plain GenAI with `ai.settings.*` beside it. */
export const aiSdk: Dialect = {
  name: 'ai-sdk',
  sources: {
    responseModel: ['ai.response.model'],
    requestModel: ['ai.model.id'],
    provider: ['ai.model.provider'],
    inputTokens: ['ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens'],
    outputTokens: ['ai.usage.outputTokens', 'ai.usage.completionTokens'],
    totalTokens: ['ai.usage.totalTokens'],
    cacheReadTokens: [
      'ai.usage.inputTokenDetails.cacheReadTokens',
      'ai.usage.cachedInputTokens',
      'ai.response.providerMetadata#anthropic.usage.cache_read_input_tokens',
      'ai.response.providerMetadata#openai.cachedPromptTokens',
      'ai.response.providerMetadata#bedrock.usage.cacheReadInputTokens',
    ],
    cacheWriteTokens: [
      'ai.usage.inputTokenDetails.cacheWriteTokens',
      'ai.response.providerMetadata#anthropic.usage.cache_creation_input_tokens',
      'ai.response.providerMetadata#bedrock.usage.cacheWriteInputTokens',
    ],
    reasoningTokens: ['ai.usage.outputTokenDetails.reasoningTokens', 'ai.usage.reasoningTokens'],
    uncachedInputTokens: ['ai.response.providerMetadata#anthropic.usage.input_tokens'],
    responseId: ['ai.response.id'],
    ttftMs: ['ai.response.msToFirstChunk', 'ai.stream.msToFirstChunk'],
    toolName: ['ai.toolCall.name'],
    user: ['ai.telemetry.metadata.userId', 'ai.settings.context.userId'],
    session: ['ai.telemetry.metadata.sessionId', 'ai.settings.context.sessionId'],
  },
  kinds: [
    {
      rank: 70,
      attribute: 'ai.operationId',
      lastSegment: true,
      kinds: { doGenerate: 'llm', doStream: 'llm', doEmbed: 'embedding', doRerank: 'retrieval', toolCall: 'tool' },
      otherwise: 'step',
    },
  ],
  content: [
    { attribute: 'ai.prompt.messages', side: 'input', form: 'messages' },
    { attribute: 'ai.prompt', side: 'input', form: 'value' },
    { attribute: 'ai.toolCall.args', side: 'input', form: 'value' },
    { attribute: 'ai.toolCall.result', side: 'output', form: 'value' },
    { attribute: 'ai.value', side: 'input', form: 'value' },
    { attribute: 'ai.values', side: 'input', form: 'value' },
    { attribute: 'ai.response.reasoning', side: 'output', form: 'reasoning' },
    { attribute: 'ai.response.text', side: 'output', form: 'assistant' },
    { attribute: 'ai.response.object', side: 'output', form: 'assistant' },
    { attribute: 'ai.response.toolCalls', side: 'output', form: 'toolCalls' },
  ],
  names: [
    { rank: 50, attribute: 'ai.telemetry.functionId' },
    { rank: 51, attribute: 'resource.name' },
  ],
};
