import { type RefObject, useEffect, useRef } from 'react';

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

/** All maps in force, in the order they came. They share one listener: the second key of anybody's pair is nobody's single key. */
const maps: RefObject<KeyMap>[] = [];
let first = { key: '', at: 0 };

function actionOf(name: string): (() => void) | undefined {
  return maps.findLast(({ current }) => current[name] !== undefined)?.current[name];
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isWriting(event.target) || isCovered()) return;
  const pair = event.timeStamp - first.at < SEQUENCE_MS ? actionOf(`${first.key} ${event.key}`) : undefined;
  first = { key: event.key, at: event.timeStamp };
  const action = pair ?? actionOf(event.key);
  if (!action) return;
  event.preventDefault();
  action();
}

/** Listens for single keys and for pairs of keys. A pair wins over a single key, whoever asked for either. */
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys);
  latest.current = keys;

  useEffect(() => {
    if (maps.length === 0) window.addEventListener('keydown', onKey);
    maps.push(latest);
    return () => {
      maps.splice(maps.indexOf(latest), 1);
      if (maps.length === 0) window.removeEventListener('keydown', onKey);
    };
  }, []);
}
