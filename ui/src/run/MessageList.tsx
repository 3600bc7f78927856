import './task.css';
import { lazy, Suspense } from 'react';
import type { Message, MessagePart } from '../../../query/contract/index.ts';
import { clockSeconds } from '../format/time.ts';
import { Time } from '../parts/Time.tsx';
import { Folded, PlainText } from './MessageBody.tsx';

const Json = lazy(() => import('./Json.tsx'));

function Value({ value }: { value: unknown }) {
  return (
    <Suspense fallback={null}>
      <Json value={value} />
    </Suspense>
  );
}

/** One piece of a message as it was sent, named by what it is. */
function Part({ part, toolNames }: { part: MessagePart; toolNames: ReadonlyMap<string, string> }) {
  switch (part.type) {
    case 'text':
      return <Folded text={part.text}>{(shown) => <PlainText text={shown} />}</Folded>;
    case 'reasoning':
      return (
        <>
          <span className="part-name">reasoning</span>
          <Folded text={part.text}>{(shown) => <PlainText text={shown} />}</Folded>
        </>
      );
    case 'tool_call':
      return (
        <>
          <span className="part-name">
            calls <span className="mono">{part.name}</span>
          </span>
          <Value value={part.arguments} />
        </>
      );
    case 'tool_result': {
      const name = part.name ?? toolNames.get(part.id ?? '');
      return (
        <>
          <span className="part-name">
            answer {name && 'of '}
            {name && <span className="mono">{name}</span>}
          </span>
          <Value value={part.result} />
        </>
      );
    }
    case 'media':
      return (
        <span className="part-name">
          {part.mimeType ?? 'media'}
          {part.bytes !== null && `, ${part.bytes.toLocaleString('en-US')} bytes`}
        </span>
      );
    case 'data':
      return <Value value={part.value} />;
  }
}

/** An answer often gives only the id of its call; the call gives the name. */
function toolNamesOf(messages: readonly Message[]): ReadonlyMap<string, string> {
  const calls = messages.flatMap(({ parts }) => parts).filter((part) => part.type === 'tool_call');
  return new Map(calls.flatMap(({ id, name }) => (id === null ? [] : [[id, name] as const])));
}

interface MessageListProps {
  messages: readonly Message[];
  /** Index of the first message that was answered; what is before was sent. */
  outputFrom?: number;
}

/** Messages in full, in the order they were sent. */
export function MessageList({ messages, outputFrom }: MessageListProps) {
  const toolNames = toolNamesOf(messages);
  return (
    <ol className="messages">
      {messages.map((message, index) => (
        <li key={index.toString()} className={outputFrom !== undefined && index === outputFrom ? 'answered' : undefined}>
          <div className="message-who">
            <b>{message.role}</b>
            {message.model && <span className="mono">{message.model}</span>}
            {outputFrom !== undefined && index >= outputFrom && <span>answered</span>}
            {message.at && <Time instant={message.at} format={clockSeconds} />}
          </div>
          {message.parts.map((part, place) => (
            <div className="part" key={place.toString()}>
              <Part part={part} toolNames={toolNames} />
            </div>
          ))}
        </li>
      ))}
    </ol>
  );
}
