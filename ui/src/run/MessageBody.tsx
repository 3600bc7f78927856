import { lazy, type ReactNode, Suspense, useState } from 'react';

const Markdown = lazy(() => import('../parts/Markdown.tsx'));

const LONG = 1600;

/** Text as it is, line breaks kept. */
export function PlainText({ text }: { text: string }) {
  return <p className="plain-text">{text}</p>;
}

/** Text that may be markdown; plain until the renderer has come. */
export function RichText({ text }: { text: string }) {
  return (
    <Suspense fallback={<PlainText text={text} />}>
      <Markdown text={text} />
    </Suspense>
  );
}

/** The beginning of what is long, and a way to the rest. */
export function Folded({ text, children }: { text: string; children: (shown: string) => ReactNode }) {
  const [all, setAll] = useState(false);
  if (text.length <= LONG) return <>{children(text)}</>;
  return (
    <>
      {children(all ? text : `${text.slice(0, LONG)}…`)}
      <button type="button" className="link" onClick={() => setAll(!all)}>
        {all ? 'Show less' : `Show all ${text.length.toLocaleString('en-US')} characters`}
      </button>
    </>
  );
}
