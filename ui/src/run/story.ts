import type { Message, MessagePart, Task } from '../../../query/contract/index.ts';

type PartOf<T extends MessagePart['type']> = Extract<MessagePart, { type: T }>;

export interface StoryCall {
  name: string;
  args: unknown;
  /** undefined = no answer was recorded. */
  result: unknown;
  task: Task | undefined;
}

export type StoryItem =
  | { type: 'message'; key: string; message: Message; text: string; reasoning: string; task: Task | undefined; calls: StoryCall[] }
  | { type: 'task'; key: string; task: Task };

const ofType =
  <T extends MessagePart['type']>(type: T) =>
  (part: MessagePart): part is PartOf<T> =>
    part.type === type;

/** The words of a message, with what is no text named in brackets. */
export function messageText({ parts }: Pick<Message, 'parts'>): string {
  return parts
    .map((part) => {
      if (part.type === 'text') return part.text;
      if (part.type === 'media') return `[${part.mimeType ?? 'media'}${part.uri && !part.uri.startsWith('data:') ? ` ${part.uri}` : ''}]`;
      return part.type === 'data' ? compactJson(part.value) : '';
    })
    .filter(Boolean)
    .join('\n\n');
}

const LONGEST = 2000;

/** A value on as few lines as it takes. */
export function compactJson(value: unknown, longest = LONGEST): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** A run read as a conversation: what was said, with calls and their answers beneath, and lookups between. */
export function storyOf(messages: readonly Message[], tasks: readonly Task[]): StoryItem[] {
  const results = new Map<string, unknown>();
  for (const part of messages.flatMap(({ parts }) => parts).filter(ofType('tool_result')))
    if (part.id !== null) results.set(part.id, part.result);
  const called = new Set(
    messages
      .flatMap(({ parts }) => parts)
      .filter(ofType('tool_call'))
      .map(({ id }) => id),
  );
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const takeTask = taskTaker(tasks);

  const items: StoryItem[] = messages.flatMap((message, index): StoryItem[] => {
    const answered = message.parts.filter(ofType('tool_result'));
    const text =
      messageText(message) ||
      (answered.some(({ id }) => id === null || !called.has(id))
        ? answered
            .map(({ result }) => compactJson(result))
            .join('\n')
            .trim()
        : '');
    const calls = message.parts.filter(ofType('tool_call')).map((part) => ({
      name: part.name,
      args: part.arguments,
      result: part.id === null ? undefined : results.get(part.id),
      task: takeTask(part.name),
    }));
    const reasoning = message.parts
      .filter(ofType('reasoning'))
      .map((part) => part.text)
      .join('\n');
    if (text === '' && calls.length === 0 && reasoning === '') return [];
    // An answer that was only sent along again, as part of a history, cost nothing here: it names no model.
    const task = message.role === 'assistant' && message.model !== null && message.taskId !== null ? byId.get(message.taskId) : undefined;
    return [{ type: 'message', key: `message ${index}`, message, text, reasoning, task, calls }];
  });
  return withLookups(items, tasks);
}

/** Calls name a tool, not a task: each takes the first task of that name that no call before it took. */
function taskTaker(tasks: readonly Task[]): (name: string) => Task | undefined {
  const left = tasks.filter(({ kind }) => kind === 'tool' || kind === 'agent' || kind === 'retrieval');
  return (name) => {
    const index = left.findIndex((task) => task.name === name || task.name.endsWith(` ${name}`) || task.name.endsWith(`.${name}`));
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
}

/** Retrievals are no messages, but they tell what the model was given: each stands before the answer that followed it. */
function withLookups(items: readonly StoryItem[], tasks: readonly Task[]): StoryItem[] {
  const taken = new Set(
    items.flatMap((item) => (item.type === 'message' ? item.calls.flatMap(({ task }) => (task ? [task.taskId] : [])) : [])),
  );
  const lookups = tasks.filter(({ kind, taskId }) => kind === 'retrieval' && !taken.has(taskId));
  const out = [...items];
  for (const task of lookups) {
    const place = out.findIndex(
      (item) =>
        item.type === 'message' && item.task !== undefined && item.task.traceId === task.traceId && item.task.startedAt >= task.startedAt,
    );
    out.splice(place < 0 ? out.length : place, 0, { type: 'task', key: `task ${task.taskId}`, task });
  }
  return out;
}
