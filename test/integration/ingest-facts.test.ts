import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyTable } from '../../ingest/decode/attributes.ts';
import type { Draft } from '../../ingest/draft.ts';
import { InboxBlock } from '../../ingest/journal/block.ts';
import { storeLookup } from '../../ingest/settle/lookup.ts';
import { Settler } from '../../ingest/settle/settle.ts';
import { draftOf } from '../support/otlp-drafts.ts';
import { openTestStore, type TestStore } from '../support/otlp-store.ts';

const NOW = 1_795_341_600_000;
let test: TestStore;
beforeAll(async () => {
  test = await openTestStore();
});
afterAll(() => test.close());

/** Books each draft in a batch of its own, two seconds after the one before; returns the run as lists show it. */
async function runOf(project: string, ...drafts: Draft[]): Promise<{ name: string; user: string; status: string }> {
  const keys = new KeyTable();
  const settler = new Settler({ lookup: storeLookup(test.store, () => keys), seenMegabytes: 1 });
  for (const [i, draft] of drafts.entries()) {
    const { entries } = await settler.settle(project, [draft], NOW + i * 2000);
    const block = new InboxBlock();
    for (const entry of entries) block.addEntry(project, entry);
    await test.load(block.finish());
  }
  const [run] = await test.store.query<{ name: string; user: string; status: string }>(
    `SELECT min(facts_first).name AS name, min(facts_first).user_id AS user,
      max(status_last).status AS status FROM runs WHERE project = {project:String}`,
    { project },
  );
  return run!;
}

const root = draftOf('root', { kind: 'step', runName: 'named', runNameRank: 0, ownUser: 'u' });
const child = draftOf('chat', { in: 'root', at: 1, kind: 'llm', usage: [1, 1] });

describe('the facts of a run whose spans come in several batches', () => {
  it('are those of the root where it comes first', async () => {
    expect(await runOf('root first', root, child)).toEqual({ name: 'named', user: 'u', status: 'completed' });
  });

  it('have the status of the root where it comes last', async () => {
    expect(await runOf('status', child, root)).toMatchObject({ status: 'completed' });
  });

  it('are those of the root where it comes last, as it does in most exports', async () => {
    expect(await runOf('root last', child, root)).toEqual({ name: 'named', user: 'u', status: 'completed' });
  });
});
