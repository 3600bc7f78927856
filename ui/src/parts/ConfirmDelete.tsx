import { Modal } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';

interface ConfirmDeleteProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** On the button that does it: `Delete the run`. */
  action: string;
  /** Must be written to go on, where a slip would cost much. */
  word?: string;
  busy: boolean;
  onConfirm: () => void;
  children: ReactNode;
}

/** Asks once before something is gone for good, and says what that means. */
export function ConfirmDelete({ opened, onClose, title, action, word, busy, onConfirm, children }: ConfirmDeleteProps) {
  const [written, setWritten] = useState('');
  const id = useId();
  const ready = word === undefined || written.trim() === word;
  function close(): void {
    setWritten('');
    onClose();
  }
  return (
    <Modal centered opened={opened} onClose={close} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !busy) onConfirm();
        }}
      >
        <div className="dialog-words">
          {children}
          <p>
            They leave lists, totals and analytics within a second, and their texts are removed from the disk soon after. What is sent again
            of them is refused. <b className="strong">This cannot be undone.</b>
          </p>
        </div>
        {word !== undefined && (
          <label className="dialog-word" htmlFor={id}>
            <span>
              Write <b className="mono strong">{word}</b> to go on
            </span>
            <input
              id={id}
              className="field"
              autoComplete="off"
              spellCheck={false}
              value={written}
              onChange={({ target }) => setWritten(target.value)}
            />
          </label>
        )}
        <div className="dialog-foot">
          <button type="button" className="btn" onClick={close}>
            Cancel
          </button>
          <button type="submit" className="btn danger" disabled={!ready || busy} aria-busy={busy}>
            {action}
          </button>
        </div>
      </form>
    </Modal>
  );
}
