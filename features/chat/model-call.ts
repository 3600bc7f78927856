import { task } from '@ai-runs/instrumentation';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import type { ModelAccess } from '../model/index.ts';
import type { Emit } from './events.ts';
import { StreamCutError } from './failure.ts';
import { ModelAnswer } from './model-answer.ts';
import { TOOL_DEFINITIONS } from './tools/index.ts';

export interface ModelCall {
  access: ModelAccess;
  model: string;
  /** The conversation so far; the answer is added to it. */
  messages: ChatCompletionMessageParam[];
  signal: AbortSignal;
  emit: Emit;
}

/** One request to the model, one task: streamed to the page, and written down with what it used. */
export function callModel(call: ModelCall, mayUseTools: boolean): Promise<ModelAnswer> {
  const { access, model, messages, emit } = call;
  const parameters = { stream: true };
  const options = { kind: 'llm', provider: access.provider, model, input: messages, tools: TOOL_DEFINITIONS, parameters } as const;
  return task(`chat ${model}`, options, async (it) => {
    const answer = new ModelAnswer(it, emit);
    try {
      await readInto(answer, call, mayUseTools);
      if (!mayUseTools) answer.dropToolCalls();
    } catch (error) {
      answer.dropToolCalls();
      throw error;
    } finally {
      // Also what was read before an error or a stop: the user has seen it, and it was paid for.
      const said = answer.toParam();
      if (said) messages.push(said);
      const output = answer.toOutput();
      if (output) it.setOutput(output);
    }
    return answer;
  });
}

async function readInto(answer: ModelAnswer, { access, model, messages, signal }: ModelCall, mayUseTools: boolean): Promise<void> {
  const stream = await access.client.chat.completions.create(
    {
      model,
      messages,
      tools: TOOL_DEFINITIONS,
      tool_choice: mayUseTools ? 'auto' : 'none',
      stream: true,
      stream_options: { include_usage: true },
    },
    { signal },
  );
  try {
    for await (const chunk of stream) answer.take(chunk);
  } catch (error) {
    signal.throwIfAborted();
    // What fetch throws when a connection breaks.
    throw error instanceof TypeError ? new StreamCutError('The answer broke off.', { cause: error }) : error;
  }
  // The client ends an aborted stream as if it were complete, and so does a connection that closes between two events.
  signal.throwIfAborted();
  if (!answer.finishReason) throw new StreamCutError('The answer broke off.');
}
