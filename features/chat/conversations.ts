import { LRUCache } from 'lru-cache';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { type ReadHistory, toChatMessages } from './history.ts';

/**
 * The conversations that are going on. A run's history is on the books, but a moment after it was said; whoever answers
 * at once would be met by a model that has forgotten the last turn. So recent conversations are kept here as well.
 */
export class Conversations {
  readonly #recent = new LRUCache<string, ChatCompletionMessageParam[]>({
    maxSize: 32 * 1024 * 1024,
    maxEntrySize: 4 * 1024 * 1024,
    sizeCalculation: (messages) => JSON.stringify(messages).length,
    ttl: 30 * 60 * 1000,
  });
  readonly #busy = new Set<string>();
  readonly #history: ReadHistory;

  constructor(history: ReadHistory) {
    this.#history = history;
  }

  /** False while another message of the same run is being answered. */
  begin(runId: string): boolean {
    if (this.#busy.has(runId)) return false;
    this.#busy.add(runId);
    return true;
  }

  async load(runId: string): Promise<ChatCompletionMessageParam[]> {
    return [...(this.#recent.get(runId) ?? toChatMessages(await this.#history(runId)))];
  }

  end(runId: string): void {
    this.#busy.delete(runId);
  }

  keep(runId: string, messages: readonly ChatCompletionMessageParam[]): void {
    this.#recent.set(runId, [...messages]);
  }
}
