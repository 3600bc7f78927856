import { type Logger, startAiRuns } from '@ai-runs/instrumentation';
import { Router } from 'express';
import type { ReadHistory } from './chat/history.ts';
import { chatRoutes } from './chat/index.ts';
import type { DemoModelOptions } from './demo-model/index.ts';
import { connectModel } from './model/index.ts';

export type { History, HistoryMessage, HistoryPart, ReadHistory } from './chat/history.ts';

export interface FeatureOptions {
  /** An OpenAI-compatible endpoint; without one, the built-in demo model answers. */
  modelUrl?: string | undefined;
  modelKey?: string | undefined;
  /** Where the features send their spans. */
  otlpUrl: string;
  /** Sent along, e.g. with a key. */
  otlpHeaders?: Readonly<Record<string, string>> | undefined;
  logger: Logger;
  /** Reads the conversation of a run that is taken up again. */
  history: ReadHistory;
  /** How fast the built-in model talks. */
  demo?: DemoModelOptions | undefined;
}

export interface Features {
  router: Router;
  /** Ends what is under way and sends what is left to send; call it while the receiver still answers. */
  close(): Promise<void>;
}

/** The features' own routes. They are instrumented as any app would be, with the public package and nothing else. */
export async function featureRoutes(options: FeatureOptions): Promise<Features> {
  const { logger, history } = options;
  const aiRuns = startAiRuns({
    serviceName: 'ai-runs-features',
    endpoint: options.otlpUrl,
    headers: options.otlpHeaders,
    logger,
    // The receiver is in this very process: it could not answer a last request that blocks it.
    flushOnExit: false,
  });
  const access = await connectModel({ url: options.modelUrl, key: options.modelKey, demo: options.demo });
  const chat = chatRoutes({ access, history, logger, flush: () => aiRuns.flush() });
  const router = Router();
  router.use(chat.router);
  return {
    router,
    close: async () => {
      await chat.close();
      await access.close();
      await aiRuns.shutdown();
    },
  };
}
