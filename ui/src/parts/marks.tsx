import type { Feature, Kind, RunStatus, TaskStatus } from '../../../query/contract/index.ts';
import { Icon } from './Icon.tsx';

/** A kind is its hue and its icon, never the hue alone. */
export function KindMark({ kind, label, small }: { kind: Kind; label?: string; small?: boolean }) {
  return (
    <span className={`kind kind-${kind}`} title={label ? undefined : kind}>
      <Icon name={kind} small={small ?? false} />
      {label ?? <span className="sr">{kind}</span>}
    </span>
  );
}

/** In rows the status is its shape alone; the word is for readers and for the tooltip. */
export function StatusMark({ status }: { status: RunStatus | TaskStatus }) {
  return (
    <span className={`status status-${status}`} title={status}>
      <Icon name={status} />
      <span className="sr">{status}</span>
    </span>
  );
}

export function StatusBadge({ status }: { status: RunStatus | TaskStatus }) {
  return (
    <span className={`badge status status-${status}`}>
      <Icon name={status} small />
      {status}
    </span>
  );
}

export function FeatureBadge({ feature }: { feature: Feature }) {
  return (
    <span className="badge feature">
      <Icon name={feature} small />
      {feature}
    </span>
  );
}

export function KindBadge({ kind }: { kind: Kind }) {
  return (
    <span className={`badge kind kind-${kind}`}>
      <Icon name={kind} small />
      {kind}
    </span>
  );
}
