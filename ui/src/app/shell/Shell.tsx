import './shell.css';
import { Outlet, useMatches, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useKeys } from '../keys.ts';
import { NAV } from './nav.ts';
import { Rail } from './Rail.tsx';
import { Search } from './Search.tsx';
import { Shortcuts } from './Shortcuts.tsx';
import { TabBar } from './TabBar.tsx';
import { TopBar } from './TopBar.tsx';

const NOWHERE = { title: 'Not found', slim: false, withRange: false };

/** The frame that every page stands in. */
export function Shell() {
  const page =
    useMatches({ select: (matches) => matches.findLast(({ staticData }) => staticData.title !== undefined)?.staticData }) ?? NOWHERE;
  const [shortcuts, setShortcuts] = useState(false);
  const navigate = useNavigate();
  useKeys({ '?': () => setShortcuts(true), ...Object.fromEntries(NAV.map(({ key, to }) => [key, () => void navigate({ to })])) });
  useEffect(() => {
    document.title = `${page.title} · AI Runs`;
  }, [page.title]);

  const openShortcuts = () => setShortcuts(true);
  return (
    <div className={`app${page.slim ? ' slim' : ''}`}>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <Rail onShortcuts={openShortcuts} />
      <div>
        <TopBar title={page.title ?? ''} withRange={page.withRange ?? false} />
        <main id="main" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <TabBar onShortcuts={openShortcuts} />
      <Search />
      <Shortcuts opened={shortcuts} onClose={() => setShortcuts(false)} />
    </div>
  );
}
