import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** Attributes that hold what people and models said, in the conventions of the instrumentations we know. */
const CONTENT = new RegExp(
  `^(?:${[
    'airuns\\.run\\.variables',
    'gen_ai\\.(?:input|output)\\.messages|gen_ai\\.system_instructions|gen_ai\\.tool\\.definitions',
    'gen_ai\\.tool\\.call\\.(?:arguments|result)|gen_ai\\.retrieval\\.(?:query\\.text|documents)',
    'gen_ai\\.(?:prompt|completion)(?:\\.\\d.*)?|gen_ai\\.prompt\\.variable\\..*|gen_ai\\.content\\..*',
    'llm\\.(?:input_messages|output_messages|prompts|choices|prompt_template\\.variables|request\\.functions)(?:\\..*)?',
    '(?:input|output)\\.value|embedding\\.embeddings\\..*|retrieval\\.documents\\..*|reranker\\.(?:query|(?:in|out)put_documents.*)',
    'ai\\.(?:prompt|values?|embeddings?)(?:\\..*)?|ai\\.response\\.(?:text|object|reasoning|toolCalls|files|providerMetadata)',
    'ai\\.toolCall\\.(?:args|result)|ai\\.result\\..*|ai\\.request\\.body',
    'langfuse\\.(?:observation|trace)\\.(?:input|output|metadata.*)|traceloop\\.entity\\.(?:input|output)|lmnr\\.span\\.(?:input|output)',
    'mastra\\.\\w+\\.(?:input|output)|genkit:(?:input|output)|mlflow\\.span(?:Inputs|Outputs)|haystack\\.component\\.(?:input|output)',
    'gcp\\.vertex\\.agent\\.(?:llm_request|llm_response|tool_call_args|tool_response|data)|tool_arguments|tool_response',
    'pydantic_ai\\.all_messages|all_messages_events|final_result',
  ].join('|')})$`,
);
/** Events that are messages themselves. */
const CONTENT_EVENT = /^gen_ai\.(?:content\.|choice$|[a-z]+\.message$|client\.inference\.operation\.details$)/;

/** The span without content. Getters of the original keep working, because it stays the prototype. */
export function withoutContent(span: ReadableSpan): ReadableSpan {
  const events = span.events
    .filter((event) => !CONTENT_EVENT.test(event.name))
    .map((event) => (event.attributes ? { ...event, attributes: keepOthers(event.attributes) } : event));
  return Object.create(span, { attributes: { value: keepOthers(span.attributes) }, events: { value: events } }) as ReadableSpan;
}

function keepOthers(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !CONTENT.test(name)));
}
