import { useQuery } from '@tanstack/react-query';
import type { Message, Run } from '../../../query/contract/index.ts';
import { messagesQuery } from '../api/runs.ts';
import { shortModel } from '../format/ids.ts';
import { clockSeconds } from '../format/time.ts';
import { Loaded } from '../parts/Loaded.tsx';
import { KindMark } from '../parts/marks.tsx';
import { Time } from '../parts/Time.tsx';
import { PlainText, RichText } from '../run/MessageBody.tsx';
import { messageText } from '../run/story.ts';

function Said({ message, run }: { message: Message; run: Run }) {
  const user = message.role === 'user';
  return (
    <div className="message clamped">
      <div className="message-who">
        {!user && <KindMark kind="llm" small />}
        <b className="ell">{user ? (run.userId ?? 'user') : shortModel(message.model ?? 'assistant')}</b>
        {message.at && <Time instant={message.at} format={clockSeconds} />}
      </div>
      {user ? <PlainText text={messageText(message)} /> : <RichText text={messageText(message)} />}
    </div>
  );
}

/** The last question and the last answer. */
export function PeekStory({ run }: { run: Run }) {
  const conversation = useQuery(messagesQuery(run.runId));
  return (
    <Loaded query={conversation} what="The conversation" skeleton={<p className="quiet">Reading the conversation</p>}>
      {({ messages }) => {
        const asked = messages.findLast((message) => message.role === 'user' && messageText(message) !== '');
        const answered = messages.findLast((message) => message.role === 'assistant' && messageText(message) !== '');
        if (!asked && !answered) return <p className="quiet">No text was recorded for this run.</p>;
        return (
          <>
            {asked && <Said message={asked} run={run} />}
            {answered && <Said message={answered} run={run} />}
          </>
        );
      }}
    </Loaded>
  );
}
