/**
 * The contract of the read API: schemas for the server, types for the page. The page imports types only.
 * design decisions behind the names are in ARCHITECTURE.md.
 */
export {
  type Balance,
  type Breakdown,
  type BreakdownRow,
  type Bucket,
  balance,
  breakdown,
  bucket,
  type Dimension,
  dimension,
  type Facets,
  facets,
  type Measure,
  measure,
  OTHER,
  type Series,
  type Summary,
  series,
  summary,
  type Totals,
} from './analytics.ts';
export { type LiveEvent, type LiveRun, liveEvent } from './live.ts';
export { type Deletion, deletion, type Run, type RunList, type RunPatch, type RunSort, run, runList, runPatch, runSort } from './run.ts';
export {
  type ApiError,
  apiError,
  type Feature,
  feature,
  type Kind,
  kind,
  type RunStatus,
  runStatus,
  type TaskStatus,
  type Tokens,
  tokens,
} from './shared.ts';
export {
  type Conversation,
  conversation,
  type Message,
  type MessagePart,
  message,
  type NotCountedBecause,
  notCountedBecause,
  type Place,
  place,
  type Receipt,
  type ReceiptLine,
  receipt,
  type Task,
  type TaskDetail,
  type TaskList,
  task,
  taskDetail,
  taskList,
} from './task.ts';
