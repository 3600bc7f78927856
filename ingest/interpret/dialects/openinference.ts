import type { Dialect } from '../dialect.ts';

/** OpenInference (Arize): https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md */
export const openinference: Dialect = {
  name: 'openinference',
  sources: {
    responseModel: ['llm.response.model_name', 'llm.model_name', 'embedding.model_name', 'reranker.model_name'],
    requestModel: ['llm.request.model_name'],
    provider: ['llm.provider', 'llm.system'],
    inputTokens: ['llm.token_count.prompt'],
    outputTokens: ['llm.token_count.completion'],
    totalTokens: ['llm.token_count.total'],
    cacheReadTokens: ['llm.token_count.prompt_details.cache_read'],
    cacheWriteTokens: ['llm.token_count.prompt_details.cache_write'],
    reasoningTokens: ['llm.token_count.completion_details.reasoning'],
    cost: ['llm.cost.total'],
    toolName: ['tool.name'],
    user: ['metadata#user_id'],
    session: ['metadata#session_id', 'metadata#thread_id'],
    tags: ['tag.tags'],
  },
  kinds: [
    {
      rank: 40,
      attribute: 'openinference.span.kind',
      kinds: { LLM: 'llm', EMBEDDING: 'embedding', TOOL: 'tool', RETRIEVER: 'retrieval', RERANKER: 'retrieval', AGENT: 'agent' },
      otherwise: 'step',
    },
  ],
  content: [
    { attribute: 'input.value', side: 'input', form: 'value' },
    { attribute: 'output.value', side: 'output', form: 'value' },
  ],
  indexed: [
    { prefix: 'llm.input_messages', side: 'input' },
    { prefix: 'llm.output_messages', side: 'output' },
    { prefix: 'llm.prompts', side: 'input' },
    { prefix: 'llm.choices', side: 'output' },
    { prefix: 'retrieval.documents', side: 'output' },
  ],
  names: [{ rank: 80, attribute: 'agent.name', rootOnly: true }],
};
