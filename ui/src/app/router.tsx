import { createRootRoute, createRoute, createRouter, lazyRouteComponent, retainSearchParams } from '@tanstack/react-router';
import { parseChatSearch } from '../url/chat-search.ts';
import { parseSearch, stringifySearch } from '../url/codec.ts';
import { parseRange } from '../url/range.ts';
import { parseRunSearch } from '../url/run-search.ts';
import { parseRunsSearch } from '../url/runs-search.ts';
import { NotFound, PageFailed, PagePending } from './Fallbacks.tsx';
import { Shell } from './shell/Shell.tsx';

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  validateSearch: parseRange,
  search: { middlewares: [retainSearchParams(['range', 'from', 'to'])] },
});

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('../overview/OverviewPage.tsx'), 'OverviewPage'),
  staticData: { title: 'Overview', withRange: true },
});

const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: parseRunsSearch,
  component: lazyRouteComponent(() => import('../runs/RunsPage.tsx'), 'RunsPage'),
  staticData: { title: 'Runs', slim: true, withRange: true },
});

const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$runId',
  validateSearch: parseRunSearch,
  component: lazyRouteComponent(() => import('../run/RunPage.tsx'), 'RunPage'),
  staticData: { title: 'Run', slim: true, withRange: true },
});

const chat = createRoute({
  getParentRoute: () => root,
  path: '/chat',
  validateSearch: parseChatSearch,
  component: lazyRouteComponent(() => import('../chat/ChatPage.tsx'), 'ChatPage'),
  staticData: { title: 'Chat', slim: true },
});

const intake = createRoute({
  getParentRoute: () => root,
  path: '/intake',
  component: lazyRouteComponent(() => import('../intake/IntakePage.tsx'), 'IntakePage'),
  staticData: { title: 'Intake', withRange: true },
});

export const router = createRouter({
  routeTree: root.addChildren([overview, runs, run, chat, intake]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultErrorComponent: PageFailed,
  defaultPendingComponent: PagePending,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
  interface StaticDataRouteOption {
    title?: string;
    /** Dense pages get the narrow rail. */
    slim?: boolean;
    withRange?: boolean;
  }
}
