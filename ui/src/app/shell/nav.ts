import type { IconName } from '../../parts/icons.tsx';

/** The pages there are. */
export const NAV = [
  { to: '/', icon: 'overview', label: 'Overview', key: 'g o' },
  { to: '/runs', icon: 'runs', label: 'Runs', key: 'g r' },
  { to: '/chat', icon: 'chat', label: 'Chat', key: 'g c' },
  { to: '/intake', icon: 'intake', label: 'Intake', key: 'g i' },
] as const satisfies readonly { to: string; icon: IconName; label: string; key: string }[];
