#!/usr/bin/env node
import { Command } from 'commander';
import { ConfigError, readConfig } from './config.ts';

/** What the system says where a file or folder cannot be made or written; the ingest thread passes on no more than the message. */
const FOLDER = /^(EACCES|EEXIST|EIO|EISDIR|ENOENT|ENOSPC|ENOTDIR|EPERM|EROFS): /;

/** Each command in a module of its own, loaded when it is asked for: --help and a start wait for nothing they do not need. */
const program = new Command('airuns').description('Books for AI features: OpenTelemetry in, exact runs, tokens and cost out.');

program
  .command('start')
  .description(
    'receive, store and serve (PORT, HOST, AIRUNS_DATA_DIR, AIRUNS_CLICKHOUSE_URL, AIRUNS_MODEL_URL, AIRUNS_MODEL_KEY, LOG_LEVEL)',
  )
  .action(async () => (await import('./commands/start.ts')).start(readConfig(process.env)));

program
  .command('migrate')
  .description('bring the database to the newest schema; `start` does the same')
  .action(async () => (await import('./commands/migrate.ts')).migrateOnly(readConfig(process.env)));

program
  .command('verify')
  .description(
    'recount every total from the tasks, look for missing texts and broken files; exit code 1 if anything is wrong. Stop the server first',
  )
  .option('--repair', 'make totals that are wrong anew from the tasks')
  .option('--accept-loss', 'go on where the journal lacks batches that were acknowledged')
  .action(async (options: { repair?: boolean; acceptLoss?: boolean }) =>
    (await import('./commands/verify.ts')).verify(readConfig(process.env), options),
  );

program
  .command('doctor')
  .description('check what a start needs, a line each; exit code 1 if something is missing')
  .action(async () => (await import('./commands/doctor.ts')).doctor(process.env));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${problem(error)}\n`);
  process.exitCode = 1;
}

/** One line that says what to do. Only what nobody foresaw keeps its stack. */
function problem(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join('\n');
  if (!(error instanceof Error)) return String(error);
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is taken: stop the program that uses it, or choose another with PORT.`;
  if (code === 'EADDRNOTAVAIL' || /^listen EACCES/.test(error.message)) return `${error.message}: choose another HOST or PORT.`;
  if (FOLDER.test(error.message)) return `${error.message}: AIRUNS_DATA_DIR must be a folder that this user can write.`;
  return error.name === 'StoreError' ? error.message : (error.stack ?? error.message);
}
