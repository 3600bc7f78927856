import './chat.css';
import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { pastQuery } from '../api/chat.ts';
import { isNotFound } from '../api/client.ts';
import { Icon } from '../parts/Icon.tsx';
import { Panel, PanelFailed } from '../parts/Panel.tsx';
import { SkeletonRows } from '../parts/Skeleton.tsx';
import { Recents } from './Recents.tsx';
import { firstSession, nextSession, type Session } from './session.ts';
import { Talk } from './Talk.tsx';
import { turnsOf } from './turns.ts';

/** A run that is gone on with begins with all that was said in it. */
function Resumed({ runId, onRun }: { runId: string; onRun: (runId: string) => void }) {
  const conversation = useQuery(pastQuery(runId));
  if (conversation.isError && !conversation.data) {
    const gone = isNotFound(conversation.error);
    return (
      <section className="talk talk-failed" aria-label="Chat">
        {gone ? (
          <div className="empty">
            <h2>This chat is gone</h2>
            <p>There is no such run any more. The others are in the list.</p>
          </div>
        ) : (
          <PanelFailed what="The chat" error={conversation.error} onRetry={() => conversation.refetch()} />
        )}
      </section>
    );
  }
  if (!conversation.data) {
    return (
      <section className="talk talk-failed" aria-label="Chat">
        <SkeletonRows rows={6} />
        <p className="quiet">What was said so far shows up here as soon as it is booked.</p>
      </section>
    );
  }
  return <Talk past={turnsOf(conversation.data)} runId={runId} onRun={onRun} />;
}

function PhoneRecents({ active }: { active: string | undefined }) {
  const [opened, setOpened] = useState(false);
  return (
    <div className="phone-recents">
      <button type="button" className="btn" aria-haspopup="dialog" onClick={() => setOpened(true)}>
        <Icon name="chat" small />
        Chats
      </button>
      <Drawer
        opened={opened}
        onClose={() => setOpened(false)}
        position="bottom"
        title="Chats"
        classNames={{ root: 'sheet' }}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Recents active={active} onChoose={() => setOpened(false)} />
      </Drawer>
    </div>
  );
}

/** A chat is a run: the address names it, and anyone who has the address can go on with it. */
export function ChatPage() {
  const { runId } = useSearch({ from: '/chat' });
  const navigate = useNavigate({ from: '/chat' });
  const [session, setSession] = useState<Session>(() => firstSession(runId));
  const current = nextSession(session, runId);
  if (current !== session) setSession(current);

  function onRun(begun: string): void {
    setSession((now) => ({ ...now, begun }));
    void navigate({ search: (search) => ({ ...search, runId: begun }), replace: true });
  }

  return (
    <div className="chat-page">
      <aside className="chat-side" aria-label="Recent chats">
        <Panel what="The chats">
          <Recents active={runId} />
        </Panel>
      </aside>
      <div className="chat-main">
        <PhoneRecents active={runId} />
        <Panel key={current.id} what="The chat">
          {current.resumed === undefined ? (
            <Talk past={[]} runId={runId} onRun={onRun} />
          ) : (
            <Resumed runId={current.resumed} onRun={onRun} />
          )}
        </Panel>
      </div>
    </div>
  );
}
