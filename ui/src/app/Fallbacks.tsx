import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { PanelFailed } from '../parts/Panel.tsx';
import { SkeletonRows } from '../parts/Skeleton.tsx';

export function NotFound() {
  return (
    <div className="pad">
      <div className="empty">
        <h2>There is no such page</h2>
        <p>The address may be mistyped, or the page was here once and is not any more.</p>
        <Link to="/" className="btn">
          Go to the overview
        </Link>
      </div>
    </div>
  );
}

export function PageFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <div className="page-failed">
      <PanelFailed
        what="This page"
        error={error}
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </div>
  );
}

export function PagePending() {
  return (
    <div className="pad sec">
      <SkeletonRows rows={8} />
    </div>
  );
}
