import { task } from '@ai-runs/instrumentation';
import type { ChatCompletionMessageFunctionToolCall } from 'openai/resources/chat/completions';
import type { Emit } from './events.ts';
import { callModel, type ModelCall } from './model-call.ts';
import { useTool } from './tools/index.ts';

/** Requests to the model in one turn; the last one has to do without tools. */
const MAX_ROUNDS = 4;

export interface Turn {
  taskIds: string[];
  finishReason: string;
}

/**
 * One message and its answer: the model is asked, its tools are run, and it is asked again, until it has nothing more to
 * look up. `call.messages` grows by all that is said.
 */
export async function takeTurn(call: ModelCall): Promise<Turn> {
  const taskIds: string[] = [];
  for (let round = 1; ; round++) {
    const answer = await callModel(call, round < MAX_ROUNDS);
    taskIds.push(answer.taskId);
    if (answer.toolCalls.length === 0) return { taskIds, finishReason: answer.finishReason };
    for (const toolCall of answer.toolCalls) {
      const { taskId, content } = runTool(toolCall, call.emit);
      taskIds.push(taskId);
      call.messages.push({ role: 'tool', tool_call_id: toolCall.id, content });
    }
    call.signal.throwIfAborted();
  }
}

/** A tool that fails has failed as a task, but not the run: the model is told, and goes on from there. */
function runTool({ id, function: { name, arguments: args } }: ChatCompletionMessageFunctionToolCall, emit: Emit) {
  return task(name, { kind: 'tool', toolCallId: id, input: args }, (it) => {
    let result: unknown;
    let failed = false;
    try {
      result = useTool(name, args);
    } catch (error) {
      it.fail(error);
      failed = true;
      result = { error: error instanceof Error ? error.message : 'the tool failed' };
    }
    const content = JSON.stringify(result);
    it.setOutput(content);
    emit('tool', { taskId: it.taskId, name, arguments: args, result, failed });
    return { taskId: it.taskId, content };
  });
}
