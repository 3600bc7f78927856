import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate, openStore, type Store, type StoreConfig, StoreError, storeFromHandle, storeHandle } from '../../schema/index.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { entries } from '../support/ledger.ts';
import { writeNative } from '../support/native.ts';

const NASTY = "it's {b:String} \\ \n\t\r \u0000 \\N é😀 \\' -- ; /* \"";
const ENDLESS = 'SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1';

/** What every table fed by `inbox` holds, merged or not. */
const BOOKS = `SELECT
  (SELECT count() FROM tasks) AS tasks, (SELECT sum(input_tokens) FROM tasks FINAL) AS task_tokens,
  (SELECT sum(tasks) FROM runs) AS runs, (SELECT sum(input_tokens) FROM runs) AS run_tokens, (SELECT sum(cost) FROM runs) AS run_cost,
  (SELECT sum(input_tokens) FROM usage_hourly) AS hourly, (SELECT sum(cost) FROM usage_hourly) AS hourly_cost,
  (SELECT sum(input_tokens) FROM usage_daily) AS daily, (SELECT sum(received) FROM ingest_log) AS received`;

let directory: string;
let gateway: Gateway;
let first: string;
let correction: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'airuns-store-'));
  gateway = await startGateway(join(directory, 'server'));
  first = join(directory, 'first.native');
  correction = join(directory, 'correction.native');
  writeNative(first, entries({ received: 3 }, { span: 2, inputTokens: 7 }, { span: 3, kind: 'tool', counted: 0 }));
  writeNative(correction, entries({ sign: -1 }, { ver: 2, inputTokens: 40, cost: '0.5' }));
});

afterAll(async () => {
  await gateway?.stop();
  await rm(directory, { recursive: true, force: true });
});

const engines: [string, () => StoreConfig][] = [
  ['embedded', () => ({ engine: 'embedded', path: join(directory, 'embedded') })],
  ['remote', () => ({ engine: 'remote', url: gateway.url('airuns_test') })],
];

describe.each(engines)('a store: %s', (name, config) => {
  let store: Store;

  beforeAll(async () => {
    store = await openStore(config());
    await migrate(store);
  });

  afterAll(() => store?.close());

  it('names its engine', () => {
    expect(store.engine).toBe(name);
  });

  it('migrates once', async () => {
    expect(await migrate(store)).toEqual([]);
    const tables = await store.query<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'Null'",
    );
    expect(tables.map((table) => table.name)).toContain('inbox');
  });

  it('binds values of every type', async () => {
    const sql = `SELECT {s:String} AS s, {e:String} AS e, {n:Int64} AS n, {f:Float64} AS f, {yes:Bool} AS yes, {no:UInt8} AS no,
      {u:UInt128} AS u, {list:Array(String)} AS list, {none:Array(String)} AS none, {ids:Array(UInt128)} AS ids,
      {at:DateTime64(9, 'UTC')} AS at, {money:Decimal(38, 12)} AS money`;
    const rows = await store.query(sql, {
      s: NASTY,
      e: '',
      n: -(2n ** 63n),
      f: 1.5,
      yes: true,
      no: false,
      u: 2n ** 128n - 1n,
      list: [NASTY, '', ']', "a','b"],
      none: [],
      ids: ['340282366920938463463374607431768211455', '0'],
      at: '2026-11-22 10:00:00.123456789',
      money: '-12345678901234567890.000000000001',
    });
    expect(rows).toEqual([
      {
        s: NASTY,
        e: '',
        n: '-9223372036854775808',
        f: 1.5,
        yes: true,
        no: 0,
        u: '340282366920938463463374607431768211455',
        list: [NASTY, '', ']', "a','b"],
        none: [],
        ids: ['340282366920938463463374607431768211455', '0'],
        at: '2026-11-22 10:00:00.123456789',
        money: '-12345678901234567890.000000000001',
      },
    ]);
  });

  it('gives large integers and decimals as text, times in UTC', async () => {
    const sql = `SELECT toUInt64(18446744073709551615) AS u, toInt64(-5) AS i, toUInt32(7) AS small, toDecimal64('1.5', 12) AS d,
      toDateTime64('2026-11-22 10:00:00.5', 3) AS at, timezone() AS zone`;
    const [row] = await store.query(sql);
    expect(row).toEqual({ u: '18446744073709551615', i: '-5', small: 7, d: '1.5', at: '2026-11-22 10:00:00.500', zone: 'UTC' });
  });

  it('gives no rows for an empty answer and many for a large one', async () => {
    expect(await store.query('SELECT 1 AS x WHERE 0')).toEqual([]);
    const rows = await store.query<{ n: string }>('SELECT number AS n, repeat(toString(number), 20) AS text FROM numbers(100000)');
    expect(rows).toHaveLength(100_000);
    expect(rows.at(-1)?.n).toBe('99999');
  });

  it('never takes a value of an earlier query for a placeholder without one', async () => {
    for (let i = 0; i < 10; i++) await store.query('SELECT {once:String}', { once: 'x' });
    await expect(store.query('SELECT {once:String}')).rejects.toMatchObject({ name: 'StoreError', reason: 'refused', code: 456 });
  });

  it('runs a command with values, and does not write in a query', async () => {
    await store.command('CREATE TABLE notes (text String) ENGINE = MergeTree ORDER BY text');
    await store.command('INSERT INTO notes VALUES ({text:String})', { text: NASTY });
    await store.command('INSERT INTO notes SELECT {text:String}', { text: 'second' });
    expect(await store.query('SELECT text FROM notes ORDER BY text')).toEqual([{ text: NASTY }, { text: 'second' }]);
    await expect(store.query('INSERT INTO notes SELECT 1')).rejects.toMatchObject({ reason: 'refused', code: 164 });
    await store.command('DROP TABLE notes');
  });

  it('books a file once for each token, in every table of the ledger', async () => {
    const once = {
      tasks: '3',
      task_tokens: '207',
      runs: '3',
      run_tokens: '107',
      run_cost: '0.000002',
      hourly: '107',
      hourly_cost: '0.000002',
      daily: '107',
      received: '3',
    };
    await store.insertFile('inbox', first, 'batch-1');
    expect(await store.query(BOOKS)).toEqual([once]);
    await store.insertFile('inbox', first, 'batch-1');
    expect(await store.query(BOOKS)).toEqual([once]);

    await store.insertFile('inbox', correction, 'batch-2');
    await Promise.all([store.insertFile('inbox', correction, 'batch-2'), store.insertFile('inbox', first, 'batch-1')]);
    const corrected = {
      ...once,
      tasks: '4',
      task_tokens: '147',
      run_tokens: '47',
      run_cost: '0.500001',
      hourly: '47',
      hourly_cost: '0.500001',
      daily: '47',
    };
    expect(await store.query(BOOKS)).toEqual([corrected]);

    await store.insertFile('inbox', first, 'batch-3');
    expect(await store.query(BOOKS)).toEqual([
      {
        ...corrected,
        tasks: '7',
        runs: '6',
        run_tokens: '154',
        run_cost: '0.500003',
        hourly: '154',
        hourly_cost: '0.500003',
        daily: '154',
        received: '6',
      },
    ]);
  });

  it('completes an insert that stopped half way', async () => {
    await store.command('CREATE TABLE half_in (n UInt64) ENGINE = Null');
    const target = (table: string) =>
      `CREATE TABLE ${table} (n UInt64) ENGINE = SummingMergeTree ORDER BY tuple() SETTINGS non_replicated_deduplication_window = 10`;
    await store.command(target('half_a'));
    await store.command(target('half_b'));
    await store.command('CREATE TABLE half_gate (n UInt64) ENGINE = Memory');
    await store.command('INSERT INTO half_gate SELECT 1');
    await store.command('CREATE MATERIALIZED VIEW half_to_a TO half_a AS SELECT n FROM half_in');
    await store.command(
      "CREATE MATERIALIZED VIEW half_to_b TO half_b AS SELECT n + throwIf((SELECT count() FROM half_gate) > 0, 'gate') AS n FROM half_in",
    );
    const file = join(directory, `half-${name}.native`);
    writeNative(file, 'SELECT toUInt64(5) AS n');
    const sums = 'SELECT (SELECT sum(n) FROM half_a) AS a, (SELECT sum(n) FROM half_b) AS b';

    await expect(store.insertFile('half_in', file, 't')).rejects.toBeInstanceOf(StoreError);
    await store.command('TRUNCATE TABLE half_gate');
    await store.insertFile('half_in', file, 't');
    await store.insertFile('half_in', file, 't');
    expect(await store.query(sums)).toEqual([{ a: '5', b: '5' }]);
  });

  it('cuts a file of many blocks the same way each time', async () => {
    await store.command('CREATE TABLE blocks_in (n UInt64) ENGINE = Null');
    await store.command(
      'CREATE TABLE blocks_out (n UInt64) ENGINE = SummingMergeTree ORDER BY tuple() SETTINGS non_replicated_deduplication_window = 100',
    );
    await store.command('CREATE MATERIALIZED VIEW blocks_view TO blocks_out AS SELECT sum(n) AS n FROM blocks_in');
    const file = join(directory, `blocks-${name}.native`);
    writeNative(file, 'SELECT toUInt64(1) AS n FROM numbers(300000) SETTINGS max_block_size = 1000');
    for (let i = 0; i < 3; i++) await store.insertFile('blocks_in', file, 'blocks');
    expect(await store.query('SELECT sum(n) AS n FROM blocks_out')).toEqual([{ n: '300000' }]);
  });

  it.each([
    ['a syntax error', 'SELEC 1', {}, { reason: 'refused', code: 62 }],
    ['an unknown table', 'SELECT 1 FROM nowhere', {}, { reason: 'refused', code: 60 }],
    ['a value that does not fit its type', 'SELECT {n:UInt8}', { n: 'many' }, { reason: 'refused', code: 457 }],
    [
      'too much memory',
      'SELECT groupArray(number) FROM numbers(100000000) SETTINGS max_memory_usage = 10000000',
      {},
      { reason: 'overloaded', code: 241 },
    ],
  ])('says why it fails: %s', async (_name, sql, params, failure) => {
    await expect(store.query(sql, params)).rejects.toMatchObject({ name: 'StoreError', ...failure });
  });

  it('gives up a query after maxSeconds', async () => {
    await expect(store.query(ENDLESS, {}, { maxSeconds: 1 })).rejects.toMatchObject({ reason: 'timeout', code: 159 });
  });

  it('stops a query that its caller cancels', async () => {
    const controller = new AbortController();
    const mark = `marked_${name}`;
    const query = store.query(`${ENDLESS} AND '${mark}' != ''`, {}, { signal: controller.signal });
    const running = `SELECT count() AS n FROM system.processes WHERE NOT is_cancelled AND position(query, '${mark}') > 0 AND position(query, 'system.processes') = 0`;
    await until(async () => (await store.query<{ n: string }>(running))[0]?.n === '1');
    controller.abort();
    await expect(query).rejects.toMatchObject({ name: 'StoreError', reason: 'timeout' });
    await until(async () => (await store.query<{ n: string }>(running))[0]?.n === '0');
  });

  it('refuses a file that is not there, is not Native, or has a name the engine would expand', async () => {
    await expect(store.insertFile('inbox', join(directory, 'missing.native'), 't')).rejects.toMatchObject({ reason: 'refused' });
    const broken = join(directory, `broken-${name}.native`);
    await writeFile(broken, 'this is no block');
    await expect(store.insertFile('inbox', broken, 't')).rejects.toMatchObject({ reason: 'refused' });
    await expect(store.insertFile('inbox', join(directory, '*.native'), 't')).rejects.toMatchObject({ reason: 'refused' });
  });

  it('answers many queries at once, each with its own values', async () => {
    const ask = (i: number) => store.query<{ i: number }>('SELECT {i:UInt32} AS i, sleepEachRow(0.001) FROM numbers(5)', { i });
    const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => ask(i)));
    expect(answers.map((rows) => rows[4]?.i)).toEqual(Array.from({ length: 60 }, (_, i) => i));
  });

  it('opens in another thread by its handle, and closing that leaves it open', async () => {
    const { handle } = storeHandle(store, config());
    const second = await storeFromHandle(handle);
    expect(await second.query('SELECT 1 AS x')).toEqual([{ x: 1 }]);
    await second.close();
    await expect(second.query('SELECT 1')).rejects.toMatchObject({ reason: 'closed' });
    expect(await store.query('SELECT 2 AS x')).toEqual([{ x: 2 }]);
  });

  it('waits for what is under way when it closes, keeps the data, and refuses after', async () => {
    const slow = store.query<{ n: string }>('SELECT count() AS n FROM numbers(50) WHERE sleepEachRow(0.01) = 0');
    await store.close();
    expect(await slow).toEqual([{ n: '50' }]);
    await expect(store.query('SELECT 1')).rejects.toMatchObject({ reason: 'closed' });
    await expect(store.insertFile('inbox', first, 't')).rejects.toMatchObject({ reason: 'closed' });
    store = await openStore(config());
    await store.insertFile('inbox', first, 'batch-1');
    expect(await store.query('SELECT count() AS n FROM tasks')).toEqual([{ n: '7' }]);
  });
});

/** Asks until the answer is yes; the test's own time limit is the bound. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}
