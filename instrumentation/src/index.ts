/** Runs and tasks of AI features as OpenTelemetry spans. What is named here is the whole public API. */
export { activeTask, recordUsage } from './active-task.ts';
export { capturesContent } from './current.ts';
export type { Kind } from './kinds.ts';
export type { Message, MessagePart } from './messages.ts';
export type { Task, TaskResponse } from './open-task.ts';
export type { AiRunsOptions, CaptureContent, Feature, Logger, RunDefaults } from './options.ts';
export type { DropReason, ExportStats } from './outbox.ts';
export { type Run, type RunOptions, run } from './run.ts';
export { type AiRuns, aiRunsSpanProcessor, startAiRuns } from './start.ts';
export { type TaskOptions, task } from './task.ts';
export type { Usage } from './usage.ts';
