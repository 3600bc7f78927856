import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useReducer, useRef } from 'react';
import { errorMessage } from '../api/client.ts';
import { streamChat } from './stream.ts';
import { chatReducer, type Turn } from './turns.ts';

interface ChatOptions {
  past: readonly Turn[];
  runId: string | undefined;
  model: string | undefined;
  system: string;
  /** The first message made a run. */
  onRun: (runId: string) => void;
}

export interface Chat {
  turns: readonly Turn[];
  busy: boolean;
  send: (text: string) => void;
  stop: () => void;
  /** Asks the last question again. */
  retry: () => void;
}

/** A talk: what was said, and saying more. Leaving the page ends what is being said. */
export function useChat({ past, runId, model, system, onRun }: ChatOptions): Chat {
  const client = useQueryClient();
  const [turns, dispatch] = useReducer(chatReducer, past);
  const abort = useRef<AbortController>(null);
  const run = useRef(runId);
  const busy = turns.at(-1)?.state === 'streaming';

  useEffect(() => () => abort.current?.abort(), []);

  const refresh = useCallback(() => {
    if (run.current) void client.invalidateQueries({ queryKey: ['run', run.current] });
    void client.invalidateQueries({ queryKey: ['runs'] });
  }, [client]);

  const send = useCallback(
    async (text: string) => {
      const controller = new AbortController();
      abort.current = controller;
      dispatch({ type: 'asked', text, model: model ?? null });
      const first = run.current === undefined;
      try {
        const request = {
          message: text,
          ...(run.current && { runId: run.current }),
          ...(model && { model }),
          ...(first && system.trim() && { system: system.trim() }),
        };
        for await (const event of streamChat(request, controller.signal)) {
          if (event.type === 'run' && run.current !== event.runId) {
            run.current = event.runId;
            onRun(event.runId);
          }
          dispatch({ type: 'event', event });
        }
        dispatch({ type: 'ended', state: 'failed', error: 'The answer broke off.' });
      } catch (error) {
        dispatch(
          controller.signal.aborted
            ? { type: 'ended', state: 'stopped', error: null }
            : { type: 'ended', state: 'failed', error: errorMessage(error) },
        );
      }
      refresh();
    },
    [model, system, onRun, refresh],
  );

  function retry(): void {
    const question = turns.at(-2);
    if (busy || question?.role !== 'user') return;
    dispatch({ type: 'withdrawn' });
    void send(question.text);
  }

  return { turns, busy, send: (text) => void send(text), stop: () => abort.current?.abort(), retry };
}
