import type { ApiError } from '../../../query/contract/index.ts';

/** A refusal by the server, in its own words. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'ApiFailure';
    this.status = status;
    this.code = code;
  }
}

type QueryValue = string | number | boolean | undefined | readonly string[];
export type QueryParams = Readonly<Record<string, QueryValue>>;

/** A query string; undefined and empty lists are left out, a list is a repeated key. */
export function queryString(params: QueryParams): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value === undefined) continue;
    if (typeof value === 'object') for (const item of value) search.append(key, item);
    else search.append(key, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : '';
}

interface RequestOptions {
  query?: QueryParams;
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** One call of the API. Throws an ApiFailure with the server's message, or one that says the server is not there. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options);
  if (!response.ok) throw await failureOf(response);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** The raw answer, for bodies that are streams. */
export async function send(path: string, { query = {}, method = 'GET', body, signal }: RequestOptions): Promise<Response> {
  try {
    return await fetch(`${path}${queryString(query)}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiFailure(0, 'unreachable', 'The server does not answer.');
  }
}

export async function failureOf(response: Response): Promise<ApiFailure> {
  try {
    const { error } = (await response.json()) as ApiError;
    return new ApiFailure(response.status, error.code, error.message);
  } catch {
    return new ApiFailure(response.status, 'unexpected', `The server answered ${response.status}.`);
  }
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiFailure && error.status === 404;
}
