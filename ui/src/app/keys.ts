import { useEffect, useRef } from 'react';

/** Keys while nobody is writing. `g r` is g, then r. */
export type KeyMap = Readonly<Record<string, () => void>>;

const SEQUENCE_MS = 1200;

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** True where a dialog or menu has the keyboard. */
function isCovered(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null;
}

/** Listens for single keys and for pairs of keys. Later maps win over earlier ones only for keys they name. */
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys);
  latest.current = keys;

  useEffect(() => {
    let first = { key: '', at: 0 };
    function onKey(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isWriting(event.target) || isCovered()) return;
      const pair = event.timeStamp - first.at < SEQUENCE_MS ? `${first.key} ${event.key}` : '';
      first = { key: event.key, at: event.timeStamp };
      const action = latest.current[pair] ?? latest.current[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
