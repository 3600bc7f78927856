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
 * What was said in a chat before one goes on with it, read once. While an answer is being written what was asked is not booked yet, and this
 * waits: for a moment, or as long as it takes where there is nothing else to read. Rejects with 404 where there is no such run, and none comes.
 */
export function pastQuery(runId: string) {
  const path = `/api/runs/${encodeURIComponent(runId)}`;
  return queryOptions({
    queryKey: ['past', runId],
    gcTime: 0,
    queryFn: async ({ signal }) => {
      for (let looks = 1; ; looks++) {
        try {
          // In this order: what is read after the run was over is all that was said.
          const { status } = await request<Run>(path, { signal });
          const past = await request<Conversation>(`${path}/messages`, { signal });
          if (status !== 'running' || (past.messages.length > 0 && looks >= LOOKS)) return past;
        } catch (error) {
          if (!isNotFound(error) || looks >= LOOKS) throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    },
  });
}
