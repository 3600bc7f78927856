import { ICONS, type IconName } from './icons.tsx';

/** Always beside a word or inside something that has a name: readers never hear it. */
export function Icon({ name, small, className }: { name: IconName; small?: boolean; className?: string }) {
  return (
    <svg className={`icon${small ? ' small' : ''}${className ? ` ${className}` : ''}`} viewBox="0 0 16 16" aria-hidden="true">
      {ICONS[name]}
    </svg>
  );
}
