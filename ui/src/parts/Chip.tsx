import { Icon } from './Icon.tsx';

/** A filter in force, with a cross that lifts it. */
export function Chip({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <span className="chip">
      <span className="ell">{label}</span>
      <button type="button" aria-label={`Remove filter ${label}`} onClick={onRemove}>
        <Icon name="close" />
      </button>
    </span>
  );
}
