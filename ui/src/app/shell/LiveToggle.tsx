import { type LiveState, useLive } from '../../api/live.tsx';

const WORDS: Record<LiveState, { label: string; title: string }> = {
  live: { label: 'Live', title: 'What happens is shown as it happens. Click to pause.' },
  connecting: { label: 'Connecting', title: 'Waiting for the server. What was missed is fetched when it is back. Click to pause.' },
  paused: { label: 'Paused', title: 'Nothing changes while you look. Click to go live.' },
};

export function LiveToggle() {
  const { state, toggle } = useLive();
  const { label, title } = WORDS[state];
  return (
    <button type="button" className="btn" aria-pressed={state !== 'paused'} title={title} onClick={toggle}>
      <span className={`live-dot ${state === 'live' ? 'pulse' : state}`} />
      {label}
    </button>
  );
}
