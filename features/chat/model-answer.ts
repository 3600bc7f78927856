import type { Task } from '@ai-runs/instrumentation';
import type {
  ChatCompletionChunk,
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import type { Emit } from './events.ts';

/** Some providers send what a model thinks under this name; the API itself has no field for it. */
type Delta = ChatCompletionChunk.Choice.Delta & { reasoning_content?: string | null };

/** A streamed answer as it comes together: told to the page piece by piece, and to the task as far as it matters there. */
export class ModelAnswer {
  content = '';
  reasoning = '';
  finishReason = '';
  readonly taskId: string;
  readonly #task: Task;
  readonly #emit: Emit;
  readonly #toolCalls = new Map<number, ChatCompletionMessageFunctionToolCall>();

  constructor(task: Task, emit: Emit) {
    this.taskId = task.taskId;
    this.#task = task;
    this.#emit = emit;
  }

  get toolCalls(): ChatCompletionMessageFunctionToolCall[] {
    return [...this.#toolCalls.values()];
  }

  /** For calls that nobody will answer: with an open one no model would take the conversation back. */
  dropToolCalls(): void {
    this.#toolCalls.clear();
  }

  take(chunk: ChatCompletionChunk): void {
    const choice = chunk.choices[0];
    if (choice) this.#takeDelta(choice.delta);
    if (choice?.finish_reason) {
      this.finishReason = choice.finish_reason;
      this.#task.setResponse({ id: chunk.id, model: chunk.model, finishReasons: [choice.finish_reason] });
    }
    if (chunk.usage) this.#takeUsage(chunk.model, chunk.usage);
  }

  /** As the model takes it back; nothing where it said nothing. */
  toParam(): ChatCompletionMessageParam | undefined {
    const { content, toolCalls } = this;
    if (!content && toolCalls.length === 0) return undefined;
    return { role: 'assistant', content: content || null, ...(toolCalls.length > 0 && { tool_calls: toolCalls }) };
  }

  /** As it is written down. */
  toOutput(): Record<string, unknown> | undefined {
    const said = this.toParam();
    if (!said && !this.reasoning) return undefined;
    return {
      ...(said ?? { role: 'assistant' }),
      ...(this.reasoning && { reasoning_content: this.reasoning }),
      ...(this.finishReason && { finish_reason: this.finishReason }),
    };
  }

  #takeDelta(delta: Delta): void {
    if (delta.content || delta.reasoning_content || delta.tool_calls) this.#task.firstToken();
    if (delta.reasoning_content) {
      this.reasoning += delta.reasoning_content;
      this.#emit('reasoning', { text: delta.reasoning_content });
    }
    if (delta.content) {
      this.content += delta.content;
      this.#emit('delta', { text: delta.content });
    }
    for (const piece of delta.tool_calls ?? []) this.#takeToolCall(piece);
  }

  #takeToolCall(piece: ChatCompletionChunk.Choice.Delta.ToolCall): void {
    const before = this.#toolCalls.get(piece.index);
    this.#toolCalls.set(piece.index, {
      id: before?.id || (piece.id ?? ''),
      type: 'function',
      function: {
        name: (before?.function.name ?? '') + (piece.function?.name ?? ''),
        arguments: (before?.function.arguments ?? '') + (piece.function?.arguments ?? ''),
      },
    });
  }

  #takeUsage(model: string, usage: NonNullable<ChatCompletionChunk['usage']>): void {
    const used = {
      input: usage.prompt_tokens,
      output: usage.completion_tokens,
      cacheRead: usage.prompt_tokens_details?.cached_tokens ?? null,
      reasoning: usage.completion_tokens_details?.reasoning_tokens ?? null,
    };
    this.#task.recordUsage(used);
    this.#emit('usage', { taskId: this.taskId, model, ...used });
  }
}
