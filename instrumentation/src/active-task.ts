import { type Context, context, createContextKey } from '@opentelemetry/api';
import type { Task } from './open-task.ts';
import type { Usage } from './usage.ts';

const KEY = createContextKey('airuns.task');

export function withActiveTask(ctx: Context, task: Task | undefined): Context {
  return ctx.setValue(KEY, task);
}

/** The innermost task that is under way here, if any. */
export function activeTask(): Task | undefined {
  return context.active().getValue(KEY) as Task | undefined;
}

/** Records usage on the active task; does nothing outside one. For code that is called from within a task and has no handle. */
export function recordUsage(usage: Usage): void {
  activeTask()?.recordUsage(usage);
}
