import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { PanelFailed } from './Panel.tsx';
import { SkeletonRows } from './Skeleton.tsx';

interface LoadedProps<T> {
  query: UseQueryResult<T>;
  what: string;
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}

/** The states of one query: a skeleton once, the failure with Retry, and old data dimmed while new data is on its way. */
export function Loaded<T>({ query, what, skeleton, children }: LoadedProps<T>) {
  if (query.data !== undefined) {
    return (
      <div className={query.isPlaceholderData ? 'stale' : undefined} aria-busy={query.isPlaceholderData}>
        {query.isError && <PanelFailed what={`News of ${what.toLowerCase()}`} error={query.error} onRetry={() => query.refetch()} />}
        {children(query.data)}
      </div>
    );
  }
  if (query.isError) return <PanelFailed what={what} error={query.error} onRetry={() => query.refetch()} />;
  return skeleton ?? <SkeletonRows />;
}
