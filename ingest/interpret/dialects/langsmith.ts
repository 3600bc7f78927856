import type { Dialect } from '../dialect.ts';

/** LangSmith's OpenTelemetry mode, beside the GenAI names. Its `session_name` and `session_id` of the trace are the project, not a session. */
export const langsmith: Dialect = {
  name: 'langsmith',
  sources: {
    provider: ['langsmith.metadata.ls_provider'],
    user: ['langsmith.metadata.user_id'],
    session: ['langsmith.metadata.session_id', 'langsmith.metadata.thread_id', 'langsmith.metadata.conversation_id'],
    tags: ['langsmith.span.tags'],
  },
  kinds: [
    {
      rank: 82,
      attribute: 'langsmith.span.kind',
      kinds: { llm: 'llm', tool: 'tool', retriever: 'retrieval', embedding: 'embedding' },
      otherwise: 'step',
    },
  ],
  names: [{ rank: 60, attribute: 'langsmith.trace.name', rootOnly: true }],
};
