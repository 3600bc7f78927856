/**
 * The part of ClickHouse's HTTP interface that our remote store uses, spoken by chDB in a process of its own. Test only: it lets one suite
 * run over a real socket without a server. Started as `node clickhouse-gateway.ts <directory>`, it prints its port.
 */
import { createWriteStream, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Session } from 'chdb';

const directory = process.argv[2]!;
const USER = 'tester';
const PASSWORD = 'p@ss/word';
/** URL parameters of the interface itself; `param_x` binds x, and everything else is a setting. */
const OWN = new Set(['query', 'database', 'default_format', 'query_id', 'session_id', 'wait_end_of_query', 'enable_http_compression']);

const keeper = new Session(directory, { connectionArgs: ['--async_insert=1'] });
let files = 0;

const server = createServer((request, response) => {
  answer(request, response).catch((error: Error) => fail(response, error.message));
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.on('SIGTERM', () => {
  server.close(() => {
    keeper.close();
    process.exit(0);
  });
  server.closeAllConnections();
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url!, 'http://gateway');
  if (url.pathname === '/ping') return void response.end('Ok.\n');
  if (!allowed(request)) return fail(response, 'Code: 516. DB::Exception: tester: Authentication failed. (AUTHENTICATION_FAILED)');
  const inUrl = url.searchParams.get('query');
  if (inUrl !== null && /^\s*INSERT\s/i.test(inUrl)) return insertBody(request, response, url, inUrl);
  await run(response, url, `${inUrl ?? ''}${await text(request)}`);
}

function allowed(request: IncomingMessage): boolean {
  return request.headers.authorization === `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;
}

async function insertBody(request: IncomingMessage, response: ServerResponse, url: URL, query: string): Promise<void> {
  const file = join(directory, `body-${files++}.native`);
  try {
    await pipeline(request, createWriteStream(file));
    await run(response, url, query.replace(/\s+FORMAT\s+Native\s*$/i, ` FROM INFILE '${file}' FORMAT Native`));
  } finally {
    rmSync(file, { force: true });
  }
}

/** A session for each request, so that nothing of one request is left for the next; killed when the client hangs up. */
async function run(response: ServerResponse, url: URL, sql: string): Promise<void> {
  const session = new Session(directory);
  const tag = `/*gateway:${Math.random()}*/`;
  response.once('close', () => {
    if (!response.writableFinished) keeper.queryAsync(`KILL QUERY WHERE startsWith(query, '${tag}') ASYNC`).catch(() => undefined);
  });
  try {
    const database = url.searchParams.get('database');
    if (database) await session.queryAsync(`USE \`${database}\``);
    const settings = [...url.searchParams].filter(([name]) => !OWN.has(name)).map(([name, value]) => `${name}=${quoted(value)}`);
    if (settings.length > 0) await session.queryAsync(`SET ${settings.join(', ')}`);
    const format = url.searchParams.get('default_format') ?? 'TabSeparated';
    const result = await session.queryAsync(`${tag}${sql}`, { format });
    response.end(Buffer.from(result.bytes()));
  } finally {
    session.close();
  }
}

function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function fail(response: ServerResponse, message: string): void {
  const code = /Code: (\d+)/.exec(message)?.[1] ?? '1002';
  response.writeHead(500, { 'X-ClickHouse-Exception-Code': code });
  response.end(`${message}\n`);
}
