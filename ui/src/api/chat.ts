import { queryOptions } from '@tanstack/react-query';
import { request } from './client.ts';

interface ChatModels {
  models: { id: string }[];
}

/** The models the chat can be had with, the default first. */
export function chatModelsQuery() {
  return queryOptions({
    queryKey: ['chat-models'],
    queryFn: ({ signal }) => request<ChatModels>('/api/features/chat/models', { signal }),
    select: ({ models }) => models.map(({ id }) => id),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
