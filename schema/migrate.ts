import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { repeatable, statementsOf } from './statements.ts';
import { type Store, StoreError } from './store.ts';

const DIRECTORY = fileURLToPath(new URL('./migrations/', import.meta.url));

/** One row a statement, so that a migration that was cut off goes on where it stopped. */
const JOURNAL = `CREATE TABLE IF NOT EXISTS migrations (name String, step UInt32, steps UInt32, checksum String, at DateTime64(3, 'UTC'))
ENGINE = ReplacingMergeTree(at) ORDER BY (name, step)`;

interface Migration {
  readonly name: string;
  readonly checksum: string;
  readonly statements: readonly string[];
}

interface Applied {
  readonly name: string;
  readonly checksum: string;
  /** Statements that ran. */
  readonly done: string;
}

/**
 * Brings the store to the newest schema and returns the names of the migrations that ran now. Running it again changes nothing, and one
 * that was cut off is completed. Rejects with StoreError `refused` if a migration was edited after it ran, or if the store has one that
 * this program does not know.
 */
export async function migrate(store: Store, directory: string = DIRECTORY): Promise<string[]> {
  const known = await readMigrations(directory);
  await store.command(JOURNAL);
  const applied = await store.query<Applied>(
    'SELECT name, any(checksum) AS checksum, uniqExact(step) AS done FROM migrations GROUP BY name ORDER BY name',
  );
  check(known, applied);
  const done = new Map(applied.map((row) => [row.name, Number(row.done)]));
  const open = known.filter((migration) => (done.get(migration.name) ?? 0) < migration.statements.length);
  for (const migration of open) await apply(store, migration, done.get(migration.name) ?? 0);
  if (open.length > 0) await reloadViews(store);
  return open.map((migration) => migration.name);
}

/**
 * Lets the engine read its views anew. Until then a view whose query was changed gives its blocks other identities than it will after the next
 * start of the engine: a batch loaded now and repeated then would count twice.
 */
async function reloadViews(store: Store): Promise<void> {
  const views = await store.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView' ORDER BY name",
  );
  for (const { name } of views) {
    await store.command(`DETACH TABLE ${name} SYNC`);
    await store.command(`ATTACH TABLE ${name}`);
  }
}

async function apply(store: Store, migration: Migration, from: number): Promise<void> {
  const steps = migration.statements.length;
  for (let step = from; step < steps; step++) {
    await store.command(repeatable(migration.statements[step]!));
    await store.command('INSERT INTO migrations SELECT {name:String}, {step:UInt32}, {steps:UInt32}, {checksum:String}, now64(3)', {
      name: migration.name,
      step,
      steps,
      checksum: migration.checksum,
    });
  }
}

function check(known: readonly Migration[], applied: readonly Applied[]): void {
  for (const { name, checksum } of applied) {
    const migration = known.find((one) => one.name === name);
    if (!migration) {
      throw new StoreError('refused', `The database has the migration ${name}, which this version does not know: start the newer version.`);
    }
    if (migration.checksum !== checksum) {
      throw new StoreError('refused', `The migration ${name} was edited after it ran: restore the file, or start with an empty database.`);
    }
  }
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(`${directory}/${name}`, 'utf8');
      return { name, checksum: createHash('sha256').update(sql).digest('hex'), statements: statementsOf(sql) };
    }),
  );
}
