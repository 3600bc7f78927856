import { LRUCache } from 'lru-cache';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { type ReadHistory, toChatMessages } from './history.ts';

/** How long the books may take to hear of a turn. A run they do not know after that is gone. */
const BOOKED_AFTER_MS = 15_000;

interface Recent {
  at: number;
  messages: ChatCompletionMessageParam[];
}

/** A run that can be gone on with, under the id the books have it by, and what the books say of it. */
export interface Found {
  runId: string;
  booked: ChatCompletionMessageParam[];
}

/**
 * The conversations that are going on. A run's history is on the books, but a moment after it was said; whoever answers
 * at once would be met by a model that has forgotten the last turn. So recent conversations are kept here as well.
 */
export class Conversations {
  readonly #recent = new LRUCache<string, Recent>({
    maxSize: 32 * 1024 * 1024,
    maxEntrySize: 4 * 1024 * 1024,
    sizeCalculation: ({ messages }) => JSON.stringify(messages).length,
    ttl: 30 * 60 * 1000,
  });
  readonly #busy = new Set<string>();
  readonly #history: ReadHistory;

  constructor(history: ReadHistory) {
    this.#history = history;
  }

  /** The books are asked first: they know a run by its trace ids too, and whether it was deleted. Null = there is no such run. */
  async find(id: string): Promise<Found | null> {
    if (this.#busy.has(id)) return { runId: id, booked: [] };
    const known = await this.#history(id);
    if (known) return { runId: known.runId, booked: toChatMessages(known.messages) };
    const recent = this.#recent.get(id);
    if (recent && Date.now() - recent.at < BOOKED_AFTER_MS) return { runId: id, booked: [] };
    this.#recent.delete(id);
    return null;
  }

  /** False while another message of the same run is being answered. */
  begin(runId: string): boolean {
    if (this.#busy.has(runId)) return false;
    this.#busy.add(runId);
    return true;
  }

  /** All that was said so far. Ask after {@link begin}, so that no answer is still on its way. */
  earlier({ runId, booked }: Found): ChatCompletionMessageParam[] {
    return [...(this.#recent.get(runId)?.messages ?? booked)];
  }

  end(runId: string): void {
    this.#busy.delete(runId);
  }

  keep(runId: string, messages: readonly ChatCompletionMessageParam[]): void {
    this.#recent.set(runId, { at: Date.now(), messages: [...messages] });
  }
}
