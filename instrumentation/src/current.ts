import { type RunDefaults, type Settings, settingsFrom } from './options.ts';

type Current = Pick<Settings, 'captureContent' | 'defaults'>;

let current: Current | undefined;

/** Called by what is started last; `run()` and `task()` look here at each call. */
export function useSettings(settings: Current): void {
  current = settings;
}

/** Whether content is recorded. Ask before you put some of it where we cannot know that it is content, e.g. into a run's name. */
export function capturesContent(): boolean {
  return settings().captureContent === 'full';
}

export function runDefaults(): RunDefaults {
  return settings().defaults;
}

/** Without a start (the app exports by itself) the environment decides. */
function settings(): Current {
  current ??= settingsFrom();
  return current;
}
