import type { Conversation } from '../../../query/contract/index.ts';
import { storyOf } from '../run/story.ts';
import type { ChatEvent } from './stream.ts';

export interface ToolUse {
  name: string;
  args: unknown;
  result: unknown;
  failed: boolean;
}

export type TurnState = 'streaming' | 'done' | 'stopped' | 'failed';

export interface Turn {
  key: string;
  role: 'user' | 'assistant';
  text: string;
  tools: ToolUse[];
  model: string | null;
  state: TurnState;
  /** Why it failed. */
  error: string | null;
}

export type ChatAction =
  | { type: 'asked'; text: string; model: string | null }
  | { type: 'event'; event: ChatEvent }
  | { type: 'ended'; state: 'stopped' | 'failed'; error: string | null }
  | { type: 'withdrawn' };

/** What was said before, as turns to go on from. Prompts of the system are not part of the talk. */
export function turnsOf(conversation: Conversation): Turn[] {
  return joined(messageTurns(conversation));
}

/** An answer that called tools in between was said in several messages, and is one turn all the same. */
function joined(turns: readonly Turn[]): Turn[] {
  const out: Turn[] = [];
  for (const turn of turns) {
    const last = out.at(-1);
    if (last?.role !== 'assistant' || turn.role !== 'assistant') out.push({ ...turn });
    else Object.assign(last, { text: [last.text, turn.text].filter(Boolean).join('\n\n'), tools: [...last.tools, ...turn.tools] });
  }
  return out;
}

function messageTurns(conversation: Conversation): Turn[] {
  return storyOf(conversation.messages, []).flatMap((item, index): Turn[] => {
    if (item.type !== 'message') return [];
    const { role, model } = item.message;
    if (role !== 'user' && role !== 'assistant') return [];
    const tools = item.calls.map(({ name, args, result }) => ({ name, args, result, failed: false }));
    return [{ key: `past ${index}`, role, text: item.text, tools, model, state: 'done', error: null }];
  });
}

/** The talk after one more thing happened. */
export function chatReducer(turns: readonly Turn[], action: ChatAction): readonly Turn[] {
  switch (action.type) {
    case 'asked': {
      const base = { tools: [], error: null };
      return [
        ...turns,
        { ...base, key: `asked ${turns.length}`, role: 'user', text: action.text, model: null, state: 'done' },
        { ...base, key: `answer ${turns.length}`, role: 'assistant', text: '', model: action.model, state: 'streaming' },
      ];
    }
    case 'event':
      return changeLast(turns, (turn) => afterEvent(turn, action.event));
    case 'ended':
      return changeLast(turns, (turn) => (turn.state === 'streaming' ? { ...turn, state: action.state, error: action.error } : turn));
    case 'withdrawn':
      return turns.slice(0, -2);
  }
}

function changeLast(turns: readonly Turn[], change: (turn: Turn) => Turn): readonly Turn[] {
  const last = turns.at(-1);
  return last ? [...turns.slice(0, -1), change(last)] : turns;
}

function afterEvent(turn: Turn, event: ChatEvent): Turn {
  switch (event.type) {
    case 'delta':
      return { ...turn, text: turn.text + event.text };
    case 'tool':
      return {
        ...turn,
        tools: [...turn.tools, { name: event.name, args: event.arguments, result: event.result, failed: event.failed ?? false }],
      };
    case 'error':
      return { ...turn, state: 'failed', error: event.message };
    case 'done':
      return { ...turn, state: 'done' };
    default:
      return turn;
  }
}
