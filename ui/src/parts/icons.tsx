import type { ReactElement } from 'react';

const dot = (x: number, y: number, r: number) => <circle cx={x} cy={y} r={r} fill="currentColor" stroke="none" />;

/** Drawn on a 16 px grid, one and a half strokes wide. */
export const ICONS = {
  llm: <path d="M8 1.8 9.6 6.4 14.2 8 9.6 9.6 8 14.2 6.4 9.6 1.8 8l4.6-1.6z" fill="currentColor" />,
  embedding: (
    <>
      {dot(3.5, 3.5, 1.5)}
      {dot(8, 3.5, 1.5)}
      {dot(12.5, 3.5, 1.5)}
      {dot(3.5, 8, 1.5)}
      {dot(8, 8, 1.5)}
      {dot(12.5, 8, 1.5)}
      {dot(3.5, 12.5, 1.5)}
      {dot(8, 12.5, 1.5)}
      {dot(12.5, 12.5, 1.5)}
    </>
  ),
  tool: (
    <path d="M10.4 2.2a3.6 3.6 0 0 0-3.3 4.9L2.5 11.7a1.3 1.3 0 0 0 1.8 1.8l4.6-4.6a3.6 3.6 0 0 0 4.7-4.4l-2.2 2.2-2-.1-.1-2 2.2-2.2a3.6 3.6 0 0 0-1.1-.2z" />
  ),
  retrieval: <path d="M2.5 7a4.5 4.5 0 1 0 9 0 4.5 4.5 0 1 0-9 0M10.4 10.4l3.4 3.4M5 7h4" />,
  agent: (
    <>
      <path d="M8 1.6 13.6 4.8v6.4L8 14.4 2.4 11.2V4.8z" />
      {dot(8, 8, 1.8)}
    </>
  ),
  step: (
    <>
      <rect x="2.4" y="2.4" width="11.2" height="11.2" rx="2" />
      <path d="M6.5 5.5 9.3 8l-2.8 2.5" />
    </>
  ),
  other: <circle cx="8" cy="8" r="5.8" strokeDasharray="2.4 2.2" />,
  running: (
    <>
      <circle cx="8" cy="8" r="5.8" opacity=".28" />
      <path className="spin" d="M8 2.2A5.8 5.8 0 0 1 13.8 8" />
      {dot(8, 8, 2)}
    </>
  ),
  completed: (
    <>
      <circle cx="8" cy="8" r="5.8" />
      <path d="m5.4 8.2 1.9 1.9 3.4-3.9" />
    </>
  ),
  failed: (
    <>
      <path d="M5.6 2.2h4.8l3.4 3.4v4.8l-3.4 3.4H5.6l-3.4-3.4V5.6z" fill="currentColor" />
      <path d="m6 6 4 4m0-4-4 4" stroke="var(--surface-1)" />
    </>
  ),
  cancelled: (
    <>
      <circle cx="8" cy="8" r="5.8" />
      <path d="m4 12 8-8" />
    </>
  ),
  stalled: <path d="M8 2.2 14.2 13H1.8zM8 6.4v3m0 1.8v.1" />,
  prompt: <path d="m3 4.5 3.5 3.5L3 11.5M8 12h5.5" />,
  chat: <path d="M2.2 3.2h11.6v8H7l-3 2.6v-2.6H2.2z" />,
  applet: <path d="M2.5 2.5h4.4v4.4H2.5zM9.1 2.5h4.4v4.4H9.1zM2.5 9.1h4.4v4.4H2.5zM9.1 9.1h4.4v4.4H9.1z" />,
  cockpit: <path d="M2 11.5a6 6 0 1 1 12 0M8 11.5l3-4.2" />,
  workflow: (
    <>
      <circle cx="3.6" cy="8" r="1.8" />
      <circle cx="12.4" cy="3.8" r="1.8" />
      <circle cx="12.4" cy="12.2" r="1.8" />
      <path d="m5.3 7.2 5.4-2.6M5.3 8.8l5.4 2.6" />
    </>
  ),
  custom: (
    <path d="M6 2.5c-2 0-2 1-2 2.6S3.8 8 2.3 8C3.8 8 4 9.3 4 10.9s0 2.6 2 2.6M10 2.5c2 0 2 1 2 2.6S12.2 8 13.7 8C12.2 8 12 9.3 12 10.9s0 2.6-2 2.6" />
  ),
  overview: <path d="M2.5 13.5v-5M6.2 13.5v-9M9.8 13.5V7M13.5 13.5V2.5" />,
  runs: <path d="M2.5 4h11M2.5 8h11M2.5 12h7" />,
  intake: <path d="M8 2v7M5 6.200 8 9.200l3-3M2.500 9.500v4h11v-4" />,
  star: <path d="m8 2 1.8 3.8 4.2.5-3.1 2.9.8 4.1L8 11.3l-3.7 2 .8-4.1L2 6.3l4.2-.5z" />,
  search: <path d="M2.5 7a4.5 4.5 0 1 0 9 0 4.5 4.5 0 1 0-9 0m7.9 3.4 3.4 3.4" />,
  down: <path d="m4 6 4 4 4-4" />,
  right: <path d="m6 4 4 4-4 4" />,
  left: <path d="m10 4-4 4 4 4" />,
  up: <path d="m4 10 4-4 4 4" />,
  close: <path d="m4 4 8 8m0-8-8 8" />,
  calendar: <path d="M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v3M10.5 2v3" />,
  filter: <path d="M2 4h12M4.5 8h7M6.5 12h3" />,
  resume: <path d="M4.5 2.8v10.4L13 8z" fill="currentColor" />,
  stop: <rect x="3.8" y="3.8" width="8.4" height="8.4" rx="1" fill="currentColor" />,
  send: <path d="M8 13.2V3M3.6 7.2 8 2.8l4.4 4.4" />,
  plus: <path d="M8 3v10M3 8h10" />,
  more: (
    <>
      {dot(3.5, 8, 1.3)}
      {dot(8, 8, 1.3)}
      {dot(12.5, 8, 1.3)}
    </>
  ),
  expand: <path d="M9.5 2.5h4v4M13.5 2.5 9 7M6.5 13.5h-4v-4M2.5 13.5 7 9" />,
  copy: <path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />,
  info: (
    <>
      <circle cx="8" cy="8" r="5.8" />
      <path d="M8 7.3v3.5M8 5.1v.1" />
    </>
  ),
  book: <path d="M3 2.5h10v11H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3" />,
  check: <path d="m3.5 8.5 3 3 6-7" />,
  menu: <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />,
  retry: <path d="M13 8a5 5 0 0 1-9 3M3 8a5 5 0 0 1 9-3M12.5 2v3h-3M3.5 14v-3h3" />,
  edit: <path d="m3 13 .6-2.8 7.2-7.2 2.2 2.2-7.2 7.2zM9.4 4.4l2.2 2.2" />,
  archive: <path d="M2.5 3h11v3h-11zM3.5 6v7.5h9V6M6.5 9h3" />,
  trash: <path d="M3 4.5h10M6.5 4.5v-2h3v2M4.2 4.5l.6 9h6.4l.6-9M6.8 7v4M9.2 7v4" />,
  sun: (
    <path d="M5 8a3 3 0 1 0 6 0 3 3 0 1 0-6 0M8 1.5v1.300M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.400l.9.9M11.7 11.7l.9.9M12.6 3.400l-.9.9M4.3 11.7l-.9.9" />
  ),
  moon: <path d="M13.3 9.600A5.8 5.8 0 1 1 6.4 2.700a4.7 4.7 0 0 0 6.9 6.900z" />,
  system: <path d="M2 3h12v8H2zM6 13.500h4M8 11v2.5" />,
  keyboard: <path d="M1.8 4h12.400v8H1.800zM4.5 6.800v.1M7 6.800v.1M9.5 6.800v.1M11.8 6.800v.1M5 9.500h6" />,
  user: <path d="M5.3 5.200a2.7 2.7 0 1 0 5.4 0 2.7 2.7 0 1 0-5.4 0M2.8 13.800c.4-2.8 2.5-4.3 5.2-4.300s4.8 1.5 5.2 4.3" />,
} satisfies Record<string, ReactElement>;

export type IconName = keyof typeof ICONS;
