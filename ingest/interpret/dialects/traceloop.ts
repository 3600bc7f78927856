import type { Dialect } from '../dialect.ts';

/** OpenLLMetry (Traceloop) beside the GenAI names it has taken over: workflow spans, association properties and the older `llm.*` usage. */
export const traceloop: Dialect = {
  name: 'traceloop',
  sources: {
    responseModel: ['llm.response.model'],
    requestModel: ['llm.request.model'],
    inputTokens: ['llm.usage.prompt_tokens'],
    outputTokens: ['llm.usage.completion_tokens'],
    totalTokens: ['llm.usage.total_tokens'],
    reasoningTokens: ['llm.usage.reasoning_tokens'],
    toolName: ['traceloop.entity.name'],
    user: ['traceloop.association.properties.user_id'],
    session: [
      'traceloop.association.properties.session_id',
      'traceloop.association.properties.chat_id',
      'traceloop.association.properties.thread_id',
    ],
  },
  kinds: [
    { rank: 83, attribute: 'traceloop.span.kind', kinds: { agent: 'agent', tool: 'tool' }, otherwise: 'step' },
    { rank: 90, attribute: 'llm.request.type', kinds: { embedding: 'embedding' }, otherwise: 'llm' },
    { rank: 122, attribute: 'db.system', kinds: vectorStores() },
  ],
  content: [
    { attribute: 'traceloop.entity.input', side: 'input', form: 'value' },
    { attribute: 'traceloop.entity.output', side: 'output', form: 'value' },
  ],
  names: [{ rank: 20, attribute: 'traceloop.workflow.name', rootOnly: true }],
};

/** Databases whose queries are retrievals. */
function vectorStores(): Record<string, 'retrieval'> {
  const names = ['chroma', 'pinecone', 'qdrant', 'weaviate', 'milvus', 'lancedb', 'marqo', 'vectordb'];
  return Object.fromEntries(names.map((name) => [name, 'retrieval' as const]));
}
