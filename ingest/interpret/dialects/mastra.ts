import type { Dialect } from '../dialect.ts';

/** Mastra (`mastra.*`), beside the GenAI names. */
export const mastra: Dialect = {
  name: 'mastra',
  sources: {
    user: ['mastra.metadata.userId'],
    session: ['mastra.metadata.sessionId', 'mastra.metadata.threadId'],
    tags: ['mastra.tags'],
    ttftInstant: ['mastra.completion_start_time'],
  },
  kinds: [
    {
      rank: 80,
      attribute: 'mastra.span.type',
      kinds: { model_inference: 'llm', tool_call: 'tool', mcp_tool_call: 'tool', agent_run: 'agent', rag_embedding: 'embedding' },
      otherwise: 'step',
    },
  ],
  content: [
    { attribute: 'mastra.agent_run.input', side: 'input', form: 'value' },
    { attribute: 'mastra.agent_run.output', side: 'output', form: 'value' },
  ],
};
