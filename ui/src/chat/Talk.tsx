import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { chatModelsQuery } from '../api/chat.ts';
import { bookedRunQuery } from '../api/runs.ts';
import { formatTokens } from '../format/numbers.ts';
import { StarButton } from '../parts/StarButton.tsx';
import { RunCost } from '../runs/RunFigures.tsx';
import { Composer } from './Composer.tsx';
import { TurnView } from './TurnView.tsx';
import type { Turn } from './turns.ts';
import { useChat } from './useChat.ts';

/** What the talk has cost so far, and the way to its run. */
function TalkHead({ runId }: { runId: string | undefined }) {
  const run = useQuery({ ...bookedRunQuery(runId ?? ''), enabled: runId !== undefined });
  if (!run.data)
    return (
      <div className="talk-head">
        <h2>{runId === undefined ? 'New chat' : 'Chat'}</h2>
      </div>
    );
  const { data } = run;
  return (
    <div className="talk-head">
      <h2 className="ell">{data.name}</h2>
      <StarButton run={data} />
      <span className="grow" />
      <span className="meta">
        <span>
          Cost so far{' '}
          <b className="bright">
            <RunCost run={data} />
          </b>
        </span>
        {data.tokens.total !== null && (
          <span>
            <b className="bright">{formatTokens(data.tokens.total)}</b> tokens
          </span>
        )}
        <Link className="link" to="/runs/$runId" params={{ runId: data.runId }}>
          Open the run
        </Link>
      </span>
    </div>
  );
}

function Beginning({ system, onSystem, demo }: { system: string; onSystem: (text: string) => void; demo: boolean }) {
  return (
    <div className="empty talk-empty">
      <h2>Start a chat</h2>
      <p>
        Every message becomes part of one run: you see its cost here as it grows, and all of it on its page. You can come back and go on any
        time.
      </p>
      {demo && <p className="quiet">The built-in demo model answers. Set AIRUNS_MODEL_URL for a model of your own.</p>}
      <details>
        <summary className="link">System prompt</summary>
        <textarea
          className="composer-text system"
          rows={3}
          aria-label="System prompt"
          placeholder="What the model is told before the first message"
          value={system}
          onChange={({ target }) => onSystem(target.value)}
        />
      </details>
    </div>
  );
}

/** Keeps the end in sight while an answer grows, unless the reader went up to read. */
function useFollow(turns: readonly Turn[]) {
  const frame = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the talk may move its end
  useEffect(() => {
    const box = frame.current;
    if (box && follows.current) box.scrollTop = box.scrollHeight;
  }, [turns]);
  const onScroll = () => {
    const box = frame.current;
    if (box) follows.current = box.scrollHeight - box.scrollTop - box.clientHeight < 48;
  };
  return { frame, onScroll };
}

interface TalkProps {
  past: readonly Turn[];
  runId: string | undefined;
  onRun: (runId: string) => void;
}

/** The talk itself: what was said, and the box to say more. */
export function Talk({ past, runId, onRun }: TalkProps) {
  const models = useQuery(chatModelsQuery());
  const [chosen, setChosen] = useState<string>();
  const [system, setSystem] = useState('');
  const model = chosen ?? models.data?.defaultModel;
  const chat = useChat({ past, runId, model, system, onRun });
  const { frame, onScroll } = useFollow(chat.turns);

  return (
    <section className="talk" aria-label="Chat">
      <TalkHead runId={runId} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="talk-frame" ref={frame} onScroll={onScroll} tabIndex={0} role="log" aria-label="Messages">
        {chat.turns.length === 0 ? (
          <Beginning system={system} onSystem={setSystem} demo={models.data?.demo ?? false} />
        ) : (
          <ol className="turns">
            {chat.turns.map((turn, index) => (
              <TurnView key={turn.key} turn={turn} onRetry={index === chat.turns.length - 1 ? chat.retry : undefined} />
            ))}
          </ol>
        )}
      </div>
      <Composer busy={chat.busy} model={model} onModel={setChosen} onSend={chat.send} onStop={chat.stop} />
    </section>
  );
}
