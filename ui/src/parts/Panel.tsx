import { QueryErrorResetBoundary } from '@tanstack/react-query';
import { type ReactNode, Suspense } from 'react';
import { ErrorBoundary } from 'react-error-boundary';
import { errorMessage } from '../api/client.ts';
import { Icon } from './Icon.tsx';
import { SkeletonRows } from './Skeleton.tsx';

/** What a panel says when it could not be loaded: what failed, why, and a way to try again. */
export function PanelFailed({ what, error, onRetry }: { what: string; error: unknown; onRetry: () => void }) {
  return (
    <div className="panel-failed" role="alert">
      <span className="status status-failed">
        <Icon name="failed" />
      </span>
      <span>
        <b className="strong">{what} could not be loaded.</b> {errorMessage(error)}
      </span>
      <button type="button" className="btn small" onClick={onRetry}>
        Retry
      </button>
    </div>
  );
}

interface PanelProps {
  /** Names the panel in the sentence about its failure: `The chart`. */
  what: string;
  children: ReactNode;
  fallback?: ReactNode;
}

/** One boundary a panel: a failure here leaves the rest of the page standing. */
export function Panel({ what, children, fallback }: PanelProps) {
  return (
    <QueryErrorResetBoundary>
      {({ reset }) => (
        <ErrorBoundary
          onReset={reset}
          fallbackRender={({ error, resetErrorBoundary }) => <PanelFailed what={what} error={error} onRetry={resetErrorBoundary} />}
        >
          <Suspense fallback={fallback ?? <SkeletonRows />}>{children}</Suspense>
        </ErrorBoundary>
      )}
    </QueryErrorResetBoundary>
  );
}
