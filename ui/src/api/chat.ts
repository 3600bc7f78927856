import { queryOptions } from '@tanstack/react-query';
import type { Conversation, Run } from '../../../query/contract/index.ts';
import { isNotFound, request } from './client.ts';

export interface ChatModels {
  models: string[];
  defaultModel: string;
  /** The built-in model answers: it needs no key, and knows little. */
  demo: boolean;
}

/** The models the chat can be had with. */
export function chatModelsQuery() {
  return queryOptions({
    queryKey: ['chat-models'],
    queryFn: ({ signal }) => request<ChatModels>('/api/features/chat/models', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** A chat that began a moment ago may not be booked yet: it is looked for this often before it is called gone. */
const LOOKS = 8;
const LOOK_EVERY_MS = 500;

/**
 * What was said in a chat before one goes on with it, read once. As long as its first answer is being written there is nothing to read, and
 * this waits. Rejects with 404 where there is no such run, and none comes.
 */
export function pastQuery(runId: string) {
  const path = `/api/runs/${encodeURIComponent(runId)}`;
  return queryOptions({
    queryKey: ['past', runId],
    gcTime: 0,
    queryFn: async ({ signal }) => {
      for (let misses = 0; ; ) {
        try {
          const past = await request<Conversation>(`${path}/messages`, { signal });
          if (past.messages.length > 0 || (await request<Run>(path, { signal })).status !== 'running') return past;
        } catch (error) {
          misses += 1;
          if (!isNotFound(error) || misses === LOOKS) throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    },
  });
}
