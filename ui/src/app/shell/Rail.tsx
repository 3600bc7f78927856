import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { runningCountQuery } from '../../api/runs.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Logo } from '../../parts/Logo.tsx';
import { NAV } from './nav.ts';
import { ThemeMenu } from './ThemeMenu.tsx';

/** How many runs are on their way, beside the page that lists them. */
function RunningCount() {
  const { data } = useQuery(runningCountQuery());
  return data ? <span className="rail-count">{data} live</span> : null;
}

export function Rail({ onShortcuts }: { onShortcuts: () => void }) {
  return (
    <nav className="rail" aria-label="Main">
      <Link to="/" className="brand">
        <Logo />
        <span>AI Runs</span>
      </Link>
      {NAV.map(({ to, icon, label }) => (
        <Link
          key={to}
          to={to}
          className="rail-item"
          title={label}
          activeOptions={{ exact: to === '/', includeSearch: false }}
          activeProps={{ 'aria-current': 'page' }}
        >
          <Icon name={icon} />
          <span className="rail-label">{label}</span>
          {to === '/runs' && <RunningCount />}
        </Link>
      ))}
      <div className="rail-end" />
      <ThemeMenu>
        {(icon) => (
          <button type="button" className="rail-item" title="Theme">
            <Icon name={icon} />
            <span className="rail-label">Theme</span>
          </button>
        )}
      </ThemeMenu>
      <button type="button" className="rail-item" title="Keyboard shortcuts" onClick={onShortcuts}>
        <Icon name="keyboard" />
        <span className="rail-label">Shortcuts</span>
      </button>
    </nav>
  );
}
