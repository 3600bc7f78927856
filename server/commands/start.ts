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
    process.once(signal, () => process.exit(1));
    server.stop().then(
      (whole) => {
        if (!whole) logger.warn('stopped before everything was loaded; the journal keeps it for the next start');
        process.exit(0);
      },
      (error: unknown) => {
        logger.error({ err: error }, 'stopped badly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
