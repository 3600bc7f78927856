import { repeatable } from './statements.ts';

/** Small tables that every node keeps whole, so that a query joins them on the spot. All others are cut into shards. */
const EVERYWHERE = new Set([
  'migrations',
  'run_marks',
  'prices',
  'projects',
  'api_keys',
  'tombstones',
  'retention',
  'retention_log',
  'set_aside',
]);

/** Dedup windows for writers that may stand still for days: in blocks and in seconds. */
const WINDOWS = 'replicated_deduplication_window = 100000, replicated_deduplication_window_seconds = 604800';

const CREATE_TABLE = /CREATE TABLE (?:IF NOT EXISTS )?(\w+)/;
const MERGE_TREE = /ENGINE = (\w*MergeTree)(?:\(([^)]*)\))?/;

/**
 * The statements that do on a cluster what `statement` (of a migration) does on one server. The whole difference is this table:
 *
 * | one server | cluster |
 * |---|---|
 * | CREATE ... name | CREATE ... name ON CLUSTER '{cluster}' |
 * | table x, MergeTree family | x_local, Replicated... with a path of its own, and x as Distributed over it |
 * | table of EVERYWHERE | x itself, replicated to every node |
 * | view TO x | view TO x_local: a view runs where its rows arrive |
 * | ALTER, DROP, RENAME TABLE x | of x_local, then of x |
 * | INSERT | nothing: a cluster begins empty |
 * | non_replicated_deduplication_window | the replicated ones, wider |
 *
 * Nothing is inserted through a Distributed table (they have no sharding key, so that it fails): the writer that owns a trace inserts into
 * `inbox` on the shard that owns it.
 */
export function toCluster(statement: string): string[] {
  const sql = repeatable(statement);
  if (/CREATE MATERIALIZED VIEW/.test(sql)) return [onCluster(sql).replace(/\bTO (\w+)/, (_, target: string) => `TO ${localName(target)}`)];
  if (/^(?:--.*\n|\s)*INSERT INTO/.test(sql)) return [];
  if (/^(?:--.*\n|\s)*ALTER TABLE/.test(sql)) return alter(sql);
  if (/^(?:--.*\n|\s)*(?:DROP|RENAME) TABLE/.test(sql)) return dropOrRename(sql);
  const table = CREATE_TABLE.exec(sql)?.[1];
  if (!table || !MERGE_TREE.test(sql)) return [onCluster(sql)];
  const local = localName(table);
  const replicated = onCluster(replicate(sql, table).replace(CREATE_TABLE, (match) => match.replace(/\w+$/, local)));
  if (local === table) return [replicated];
  return [
    replicated,
    `CREATE TABLE IF NOT EXISTS ${table} ON CLUSTER '{cluster}' AS ${local} ENGINE = Distributed('{cluster}', currentDatabase(), '${local}')`,
  ];
}

/** Views of `inbox` (to_...) and for people (v_...) have no local twin. */
function localName(table: string): string {
  return EVERYWHERE.has(table) || /^(?:to|v)_/.test(table) ? table : `${table}_local`;
}

function replicate(sql: string, table: string): string {
  const shard = EVERYWHERE.has(table) ? 'all' : '{shard}';
  const path = `'/clickhouse/tables/${shard}/{database}/{table}', '{replica}'`;
  return sql
    .replace(MERGE_TREE, (_, engine: string, args?: string) => `ENGINE = Replicated${engine}(${args ? `${path}, ${args}` : path})`)
    .replace(/non_replicated_deduplication_window = \d+/, WINDOWS);
}

function onCluster(sql: string): string {
  return sql.replace(/(CREATE (?:TABLE|MATERIALIZED VIEW|VIEW) IF NOT EXISTS \w+|ALTER TABLE \w+)/, "$1 ON CLUSTER '{cluster}'");
}

function alter(sql: string): string[] {
  const table = /ALTER TABLE (\w+)/.exec(sql)![1]!;
  const local = localName(table);
  const both = local === table ? [table] : [local, table];
  return both.map((name) => onCluster(sql.replace(/ALTER TABLE \w+/, `ALTER TABLE ${name}`)));
}

function dropOrRename(sql: string): string[] {
  const body = `${sql} ON CLUSTER '{cluster}'`;
  const local = body.replace(
    /\b(DROP TABLE IF EXISTS|RENAME TABLE IF EXISTS|TO) (\w+)/g,
    (_, words: string, name: string) => `${words} ${localName(name)}`,
  );
  return local === body ? [body] : [local, body];
}
