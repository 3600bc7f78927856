import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { chatModelsQuery } from '../api/chat.ts';
import { Icon } from '../parts/Icon.tsx';

interface ComposerProps {
  busy: boolean;
  model: string | undefined;
  onModel: (model: string) => void;
  onSend: (text: string) => void;
  onStop: () => void;
}

const TALLEST = 200;

/** Where one writes. Enter sends, Shift+Enter begins a line. */
export function Composer({ busy, model, onModel, onSend, onStop }: ComposerProps) {
  const [text, setText] = useState('');
  const box = useRef<HTMLTextAreaElement>(null);
  const models = useQuery(chatModelsQuery());
  const ready = text.trim() !== '' && !busy;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the box grows with its text
  useEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.height = 'auto';
    area.style.height = `${Math.min(TALLEST, area.scrollHeight)}px`;
  }, [text]);

  function send(): void {
    if (!ready) return;
    onSend(text.trim());
    setText('');
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  }

  return (
    <div className="composer">
      <textarea
        ref={box}
        rows={1}
        className="composer-text"
        placeholder="Write a message"
        aria-label="Message"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="composer-bar">
        {models.data && (
          <select
            className="field"
            aria-label="Model"
            value={model ?? models.data.defaultModel}
            onChange={({ target }) => onModel(target.value)}
          >
            {models.data.models.map((id) => (
              <option key={id}>{id}</option>
            ))}
          </select>
        )}
        <span className="quiet no-phone">
          <kbd>Enter</kbd> sends, <kbd>Shift</kbd> <kbd>Enter</kbd> begins a line
        </span>
        <span className="grow" />
        {busy ? (
          <button type="button" className="btn" onClick={onStop}>
            <Icon name="stop" small />
            Stop
          </button>
        ) : (
          <button type="button" className="btn primary" disabled={!ready} onClick={send}>
            <Icon name="send" small />
            Send
          </button>
        )}
      </div>
    </div>
  );
}
