import { queryOptions } from '@tanstack/react-query';
import { request } from './client.ts';

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
