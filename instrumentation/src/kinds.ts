import { type Attributes, SpanKind } from '@opentelemetry/api';
import { toMessages } from './messages.ts';
import { GEN_AI, INPUT_VALUE, OUTPUT_VALUE } from './names.ts';
import { toJson, toText } from './safely.ts';

/** What a task is. Only `llm` and `embedding` tasks are counted as calls and cost something. */
export type Kind = 'llm' | 'embedding' | 'tool' | 'retrieval' | 'agent' | 'step';

interface KindRules {
  operation: string;
  spanKind: SpanKind;
  input(value: unknown): Attributes;
  output(value: unknown): Attributes;
}

const messagesIn = (value: unknown) => attribute(GEN_AI.inputMessages, toJson(toMessages(value, 'user')));
const messagesOut = (value: unknown) => attribute(GEN_AI.outputMessages, toJson(toMessages(value, 'assistant')));

/** How each kind is written down: operation name, and where its input and output go. */
export const KINDS: Readonly<Record<Kind, KindRules>> = {
  llm: { operation: 'chat', spanKind: SpanKind.CLIENT, input: messagesIn, output: messagesOut },
  // Vectors are of no use to a reader and large.
  embedding: { operation: 'embeddings', spanKind: SpanKind.CLIENT, input: messagesIn, output: () => ({}) },
  agent: { operation: 'invoke_agent', spanKind: SpanKind.INTERNAL, input: messagesIn, output: messagesOut },
  tool: {
    operation: 'execute_tool',
    spanKind: SpanKind.INTERNAL,
    input: (value) => attribute(GEN_AI.toolArguments, toText(value)),
    output: (value) => attribute(GEN_AI.toolResult, toText(value)),
  },
  retrieval: {
    operation: 'retrieval',
    spanKind: SpanKind.CLIENT,
    input: (value) => attribute(GEN_AI.retrievalQuery, toText(value)),
    output: (value) => attribute(GEN_AI.retrievalDocuments, toJson(value)),
  },
  step: {
    operation: 'workflow_step',
    spanKind: SpanKind.INTERNAL,
    input: (value) => attribute(INPUT_VALUE, toText(value)),
    output: (value) => attribute(OUTPUT_VALUE, toText(value)),
  },
};

function attribute(name: string, value: string | undefined): Attributes {
  return value === undefined ? {} : { [name]: value };
}
