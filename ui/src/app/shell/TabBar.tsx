import { Drawer } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Icon } from '../../parts/Icon.tsx';
import { NAV } from './nav.ts';
import { ThemeMenu } from './ThemeMenu.tsx';

/** The rail of a phone: thumbs are at the bottom. */
export function TabBar({ onShortcuts }: { onShortcuts: () => void }) {
  const [more, setMore] = useState(false);
  return (
    <nav className="tabbar" aria-label="Main, at the bottom">
      {NAV.map(({ to, icon, label }) => (
        <Link key={to} to={to} activeOptions={{ exact: to === '/', includeSearch: false }} activeProps={{ 'aria-current': 'page' }}>
          <Icon name={icon} />
          {label}
        </Link>
      ))}
      <button type="button" aria-haspopup="dialog" onClick={() => setMore(true)}>
        <Icon name="menu" />
        More
      </button>
      <Drawer
        opened={more}
        onClose={() => setMore(false)}
        position="bottom"
        title="More"
        classNames={{ root: 'sheet' }}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <ThemeMenu>
          {(icon) => (
            <button type="button" className="rail-item">
              <Icon name={icon} />
              Theme
            </button>
          )}
        </ThemeMenu>
        <button
          type="button"
          className="rail-item"
          onClick={() => {
            setMore(false);
            onShortcuts();
          }}
        >
          <Icon name="keyboard" />
          Keyboard shortcuts
        </button>
      </Drawer>
    </nav>
  );
}
