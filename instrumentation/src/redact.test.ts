import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { withoutContent } from './redact.ts';

const kept = (names: string[]) => {
  const attributes = Object.fromEntries(names.map((name) => [name, 'x']));
  return Object.keys(withoutContent({ attributes, events: [] } as unknown as ReadableSpan).attributes);
};

describe('withoutContent', () => {
  it.each([
    'airuns.run.variables',
    'gen_ai.input.messages',
    'gen_ai.prompt',
    'gen_ai.prompt.0.content',
    'gen_ai.tool.call.result',
    'llm.input_messages.10.message.content',
    'input.value',
    'ai.prompt.messages',
    'ai.response.text',
    'ai.toolCall.args',
    'langfuse.observation.input',
    'traceloop.entity.output',
    'lmnr.span.input',
    'mastra.agent_run.output',
    'genkit:input',
    'mlflow.spanInputs',
    'gcp.vertex.agent.llm_request',
    'retrieval.documents.0.document.content',
  ])('takes out %s', (name) => expect(kept([name])).toEqual([]));

  it.each([
    'airuns.run.settings',
    'gen_ai.prompt.name',
    'gen_ai.usage.input_tokens',
    'gen_ai.tool.name',
    'gen_ai.response.id',
    'llm.token_count.prompt',
    'llm.model_name',
    'ai.model.id',
    'ai.usage.promptTokens',
    'ai.response.model',
    'ai.response.msToFirstChunk',
    'langfuse.observation.type',
    'langfuse.observation.usage_details',
    'input.mime_type',
  ])('keeps %s', (name) => expect(kept([name])).toEqual([name]));
});
