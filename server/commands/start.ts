import type { Config } from '../config.ts';
import { createLogger } from '../logger.ts';
import { startServer } from '../main.ts';

/** Serves until SIGTERM or SIGINT. A second signal ends the process at once. */
export async function start(config: Config): Promise<void> {
  const logger = createLogger(config.logLevel);
  const server = await startServer(config, logger);
  process.stdout.write(`AI Runs: ${server.url}\n`);
  const stop = (signal: NodeJS.Signals) => {
    logger.info({ signal }, 'stopping');
    process.once(signal, () => end(1));
    server.stop().then(
      (whole) => {
        if (whole) process.exit(0);
        logger.warn('stopped before everything was loaded; the journal keeps it for the next start');
        end(0);
      },
      (error: unknown) => {
        logger.error({ err: error }, 'stopped badly');
        end(1);
      },
    );
  };
  /** process.exit waits for its threads, and that of an engine which is in the middle of something never ends: then only a kill is an end. */
  const end = (code: number): void => {
    if (config.store.engine === 'embedded') process.kill(process.pid, 'SIGKILL');
    process.exit(code);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
