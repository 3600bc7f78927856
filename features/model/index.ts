import OpenAI from 'openai';
import { type DemoModelOptions, startDemoModel } from '../demo-model/index.ts';
import { providerAt } from './provider.ts';

export interface ModelOptions {
  /** An OpenAI-compatible endpoint; without one, the built-in demo model is started. */
  url?: string | undefined;
  key?: string | undefined;
  demo?: DemoModelOptions | undefined;
}

export interface ModelList {
  models: string[];
  defaultModel: string;
}

/** The models the features use. */
export interface ModelAccess {
  client: OpenAI;
  /** `gen_ai.provider.name` of every call. */
  provider: string;
  /** Whether it is the built-in demo. */
  demo: boolean;
  list(): Promise<ModelList>;
  /** The model for whoever names none. */
  defaultModel(): Promise<string>;
  close(): Promise<void>;
}

const PREFERRED = 'gpt-4o-mini';
const TIMEOUT_MS = 120_000;

export async function connectModel(options: ModelOptions): Promise<ModelAccess> {
  const demo = options.url ? undefined : await startDemoModel(options.demo);
  const baseURL = demo?.url ?? options.url!;
  // No retries inside the client: each attempt is a call that may cost something, and belongs on the books by itself.
  const client = new OpenAI({ baseURL, apiKey: options.key || 'none', maxRetries: 0, timeout: TIMEOUT_MS });
  let known: string | undefined;
  const list = async () => {
    const found = await listModels(client);
    known = found.defaultModel;
    return found;
  };
  return {
    client,
    // The demo goes by the name of the models it stands for, so that their prices apply.
    provider: demo ? 'openai' : providerAt(baseURL),
    demo: demo !== undefined,
    list,
    defaultModel: async () => known ?? (await list()).defaultModel,
    close: async () => demo?.close(),
  };
}

async function listModels(client: OpenAI): Promise<ModelList> {
  const models: string[] = [];
  for await (const model of client.models.list()) models.push(model.id);
  return { models, defaultModel: models.includes(PREFERRED) ? PREFERRED : (models[0] ?? PREFERRED) };
}
