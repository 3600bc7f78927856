import type { HistoryMessage } from '../features/index.ts';

/** The conversation of a run as the read API gives it; empty where there is no such run. Rejects where the API does not answer. */
export async function readHistory(url: string, runId: string): Promise<readonly HistoryMessage[]> {
  const response = await fetch(`${url}/api/runs/${encodeURIComponent(runId)}/messages`);
  if (response.status === 404) return [];
  if (!response.ok) throw new Error(`the conversation of run ${runId} cannot be read: ${response.status}`);
  const { messages } = (await response.json()) as { messages: HistoryMessage[] };
  return messages;
}
