import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toCluster } from './cluster.ts';
import { repeatable, statementsOf } from './statements.ts';

const directory = new URL('./migrations/', import.meta.url);
const ledger = readdirSync(directory).flatMap((name) => statementsOf(readFileSync(new URL(name, directory), 'utf8')));

/** Takes the cluster's words out again. What is left must be the statement for one server. */
function undo(sql: string): string {
  return sql
    .replaceAll(" ON CLUSTER '{cluster}'", '')
    .replace(/_local\b/g, '')
    .replace(
      /ENGINE = Replicated(\w*MergeTree)\('[^']+', '\{replica\}'(?:, ([^)]*))?\)/,
      (_, engine, args) => `ENGINE = ${engine}${args ? `(${args})` : ''}`,
    )
    .replace(
      'replicated_deduplication_window = 100000, replicated_deduplication_window_seconds = 604800',
      'non_replicated_deduplication_window = 10000',
    );
}

describe('the cluster form of a statement', () => {
  it.each([
    [
      'a sharded table',
      'CREATE TABLE tasks (a UInt8, ver UInt32) ENGINE = ReplacingMergeTree(ver) ORDER BY a SETTINGS non_replicated_deduplication_window = 10000',
      [
        "CREATE TABLE IF NOT EXISTS tasks_local ON CLUSTER '{cluster}' (a UInt8, ver UInt32) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', ver) ORDER BY a SETTINGS replicated_deduplication_window = 100000, replicated_deduplication_window_seconds = 604800",
        "CREATE TABLE IF NOT EXISTS tasks ON CLUSTER '{cluster}' AS tasks_local ENGINE = Distributed('{cluster}', currentDatabase(), 'tasks_local')",
      ],
    ],
    [
      'a table that every node keeps',
      'CREATE TABLE prices (id String) ENGINE = MergeTree ORDER BY id',
      [
        "CREATE TABLE IF NOT EXISTS prices ON CLUSTER '{cluster}' (id String) ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/{table}', '{replica}') ORDER BY id",
      ],
    ],
    [
      'the inbox',
      'CREATE TABLE inbox (a UInt8) ENGINE = Null',
      ["CREATE TABLE IF NOT EXISTS inbox ON CLUSTER '{cluster}' (a UInt8) ENGINE = Null"],
    ],
    [
      'a view',
      'CREATE MATERIALIZED VIEW to_tasks TO tasks AS SELECT a FROM inbox',
      ["CREATE MATERIALIZED VIEW IF NOT EXISTS to_tasks ON CLUSTER '{cluster}' TO tasks_local AS SELECT a FROM inbox"],
    ],
    [
      'a new column',
      'ALTER TABLE tasks ADD COLUMN b UInt8',
      [
        "ALTER TABLE tasks_local ON CLUSTER '{cluster}' ADD COLUMN IF NOT EXISTS b UInt8",
        "ALTER TABLE tasks ON CLUSTER '{cluster}' ADD COLUMN IF NOT EXISTS b UInt8",
      ],
    ],
    [
      'a table that goes',
      'DROP TABLE messages_kept',
      ["DROP TABLE IF EXISTS messages_kept_local ON CLUSTER '{cluster}'", "DROP TABLE IF EXISTS messages_kept ON CLUSTER '{cluster}'"],
    ],
    ['a view that goes', 'DROP TABLE to_messages', ["DROP TABLE IF EXISTS to_messages ON CLUSTER '{cluster}'"]],
    [
      'a table that is renamed',
      'RENAME TABLE IF EXISTS messages TO messages_kept',
      [
        "RENAME TABLE IF EXISTS messages_local TO messages_kept_local ON CLUSTER '{cluster}'",
        "RENAME TABLE IF EXISTS messages TO messages_kept ON CLUSTER '{cluster}'",
      ],
    ],
    ['rows that move', 'INSERT INTO a SELECT b FROM c', []],
  ])('%s', (_name, statement, expected) => {
    expect(toCluster(statement)).toEqual(expected);
  });

  it.each(ledger.map((statement) => [/CREATE .*? (\w+) (?:\(|TO)/.exec(statement)?.[1] ?? statement, statement]))(
    'differs from the one for one server by the table of rewrites only: %s',
    (_name, statement) => {
      if (/^(?:--.*\n|\s)*INSERT INTO/.test(statement)) return expect(toCluster(statement)).toEqual([]);
      const [first, ...rest] = toCluster(statement);
      expect(first).toContain("ON CLUSTER '{cluster}'");
      expect(undo(first!)).toBe(repeatable(statement));
      for (const other of rest) expect(other).toMatch(/ENGINE = Distributed\(|^(?:--.*\n|\s)*(?:ALTER|DROP|RENAME) TABLE/);
    },
  );
});
