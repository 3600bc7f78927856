import type { Dialect } from '../dialect.ts';

/** Laminar (`lmnr.*`), beside the GenAI or AI SDK names its spans carry. */
export const laminar: Dialect = {
  name: 'laminar',
  sources: {
    user: ['lmnr.association.properties.user_id'],
    session: ['lmnr.association.properties.session_id'],
    tags: ['lmnr.association.properties.tags'],
  },
  // DEFAULT says nothing: the other conventions on the span decide.
  kinds: [{ rank: 81, attribute: 'lmnr.span.type', kinds: { LLM: 'llm', TOOL: 'tool' } }],
  content: [
    { attribute: 'lmnr.span.input', side: 'input', form: 'value' },
    { attribute: 'lmnr.span.output', side: 'output', form: 'value' },
  ],
};
