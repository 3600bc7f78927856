import type { History, HistoryMessage } from '../features/index.ts';

/** The conversation of a run as the read API gives it; null where there is no such run. Rejects where the API does not answer. */
export async function readHistory(url: string, id: string): Promise<History | null> {
  const response = await fetch(`${url}/api/runs/${encodeURIComponent(id)}/messages`);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`the conversation of run ${id} cannot be read: ${response.status}`);
  const { runId, messages } = (await response.json()) as { runId: string; messages: HistoryMessage[] };
  return { runId, messages };
}
