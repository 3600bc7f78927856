import { join } from 'node:path';
import { Session } from 'chdb';
import type { EngineSettings } from './protocol.ts';

export type Role = 'insert' | 'command' | 'read';

export const DATABASE = 'airuns';

/** A session of the engine at `settings.path`, in our database, with the settings of its role. */
export function openSession(settings: EngineSettings, role: Role): Session {
  const session = new Session(settings.path, { connectionArgs: engineArguments(settings) });
  session.query(`CREATE DATABASE IF NOT EXISTS ${DATABASE} ENGINE = Atomic`);
  session.query(`USE ${DATABASE}`);
  // Reads share the machine with ingest: half of the engine's memory and half of the cores are theirs. readonly=2 still allows SET.
  if (role === 'read') session.query(`SET max_memory_usage=${Math.floor(settings.maxMemoryBytes / 2)}, readonly=2`);
  return session;
}

/** Server-wide settings count for the first session only, the others are the sessions' defaults. All sessions get the same. */
function engineArguments(settings: EngineSettings): string[] {
  return [
    `--max_server_memory_usage=${settings.maxMemoryBytes}`,
    '--mark_cache_size=268435456',
    '--background_pool_size=2',
    // Its default of 2 leaves the merge schedulers of our tables waiting for each other.
    '--background_schedule_pool_size=8',
    ...(settings.log ? logArguments(settings.path) : []),
    '--session_timezone=UTC',
    '--async_insert=0',
    // Our statements are many and short: compiling their expressions takes longer than it saves, and the first of each kind pay for it.
    '--compile_expressions=0',
    '--compile_aggregate_expressions=0',
    '--compile_sort_description=0',
    '--output_format_json_quote_64bit_integers=1',
    '--output_format_json_quote_decimals=1',
    '--output_format_json_array_of_rows=1',
  ];
}

/** The engine tells stderr where it logs to, whoever asks. */
function logArguments(path: string): string[] {
  return [`--logger.log=${join(path, 'engine.log')}`, '--log-level=warning', '--logger.size=10M', '--logger.count=2'];
}
