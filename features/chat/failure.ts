import { APIConnectionError, APIError } from 'openai';

/** What the page is told about a model call that failed: never a stack. */
export interface Failure {
  code: string;
  message: string;
}

/** The answer stopped before the model said that it was through. */
export class StreamCutError extends Error {
  override name = 'StreamCutError';
}

export function failureOf(error: unknown): Failure {
  if (error instanceof StreamCutError) return { code: 'stream_cut', message: error.message };
  if (error instanceof APIConnectionError) return { code: 'model_unreachable', message: 'The model cannot be reached.' };
  if (error instanceof APIError) return { code: codeOf(error.status), message: error.message };
  return { code: 'internal', message: 'The answer could not be completed.' };
}

function codeOf(status: number | undefined): string {
  if (status === 429) return 'rate_limited';
  if (status === 401 || status === 403) return 'model_access_denied';
  if (status === undefined || status >= 500) return 'model_unavailable';
  return 'model_refused';
}
