import { QueryClient } from '@tanstack/react-query';
import { ApiFailure } from './client.ts';

const TRIES = 2;

/** A refusal stays a refusal however often one asks; only what may pass is tried again. */
export function shouldRetry(failures: number, error: unknown): boolean {
  const mayPass = !(error instanceof ApiFailure) || error.status === 0 || error.status === 503;
  return mayPass && failures < TRIES;
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { retry: shouldRetry, staleTime: 30_000, refetchOnWindowFocus: false } },
  });
}
