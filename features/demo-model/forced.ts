/** What a marker in the last user message makes go wrong. */
export interface Forced {
  /** An error status instead of an answer. */
  status: number | undefined;
  /** A long pause before every piece. */
  slow: boolean;
  /** The connection breaks in the middle. */
  cut: boolean;
}

/** Reads `[[error:429]]`, `[[slow]]` and `[[cut]]`. */
export function forcedBy(text: string): Forced {
  const status = Number(/\[\[error:([45]\d\d)\]\]/.exec(text)?.[1]);
  return { status: status || undefined, slow: text.includes('[[slow]]'), cut: text.includes('[[cut]]') };
}

const TYPES: Readonly<Record<number, [type: string, code: string | null, message: string]>> = {
  401: ['invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.'],
  404: ['invalid_request_error', 'model_not_found', 'The model does not exist or you do not have access to it.'],
  429: ['requests', 'rate_limit_exceeded', 'Rate limit reached for requests per minute. Please try again in 20s.'],
  500: ['server_error', null, 'The server had an error while processing your request.'],
  503: ['server_error', null, 'The engine is currently overloaded, please try again later.'],
};

/** An error body as the API has it. */
export function errorBody(status: number, text?: string): { error: { message: string; type: string; param: null; code: string | null } } {
  const [type, code, message] = TYPES[status] ?? ['invalid_request_error', null, `The request failed with status ${status}.`];
  return { error: { message: text ?? message, type, param: null, code } };
}
