import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { featureRoutes } from '../features/index.ts';
import { openIngest } from '../ingest/index.ts';
import { queryRoutes } from '../query/index.ts';
import { migrate, openStore } from '../schema/index.ts';
import type { Config } from './config.ts';
import { type Health, healthRoutes } from './health.ts';
import { readHistory } from './history.ts';
import { listen } from './http.ts';
import { ROOT } from './paths.ts';
import { sampleRoutes } from './samples.ts';
import { Stops } from './stops.ts';
import { uiFiles } from './ui-files.ts';

/** Whoever stops a process kills it after ten seconds, as a rule. */
const STOP_MS = 9_500;

export interface RunningServer {
  /** e.g. http://127.0.0.1:4318 */
  readonly url: string;
  /**
   * Refuses new work, ends what is under way, makes it durable and lets go of the data. Resolves to false where that took too long: the store
   * does not answer. Nothing is lost then, because all that was acknowledged is in the journal, but the process should end.
   */
  stop(): Promise<boolean>;
}

/** Starts everything. Resolves when it serves; rejects, with all that was open closed again, when it cannot. */
export async function startServer(config: Config, logger: Logger): Promise<RunningServer> {
  const stops = new Stops();
  const health: Health = { stopping: false };
  try {
    const http = await listen({ ...config, logger, health: healthRoutes(health) });
    stops.add(() => http.close());
    await mkdir(config.dataDir, { recursive: true });
    const store = await openStore(config.store);
    stops.add(() => store.close());
    const migrated = await migrate(store);
    const ingest = await openIngest({
      dataDir: config.dataDir,
      store,
      storeConfig: config.store,
      recovery: config.recovery,
      life: { policy: config.retention },
      memoryLimit: config.memoryLimit,
      logger,
    });
    stops.add(() => ingest.close());
    const { modelUrl, modelKey } = config;
    const history = (runId: string) => readHistory(http.url, runId);
    const features = await featureRoutes({ modelUrl, modelKey, otlpUrl: http.url, logger, history });
    stops.add(() => features.close());
    http.serve({
      fast: ingest.router,
      api: [
        queryRoutes({ store, live: ingest.live, logger, endings: ingest }),
        features.router,
        sampleRoutes({ url: http.url, dataDir: config.dataDir, directory: join(ROOT, 'test/fixtures/otlp-captures') }),
      ],
      page: uiFiles(join(ROOT, 'ui/dist')),
    });
    Object.assign(health, { store, ingest });
    logger.info({ url: http.url, engine: store.engine, migrated }, 'serving');
    return {
      url: http.url,
      stop: () => {
        health.stopping = true;
        return stops.runWithin(STOP_MS);
      },
    };
  } catch (error) {
    await stops.run();
    throw error;
  }
}
