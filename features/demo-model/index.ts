import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DemoModelOptions, demoModelApp } from './app.ts';

export { type DemoModelOptions, MODELS } from './app.ts';

export interface DemoModel {
  /** Base address for a client of the OpenAI API, with `/v1`. */
  url: string;
  close(): Promise<void>;
}

/** Starts the built-in model on a free port of the loopback interface. */
export async function startDemoModel(options: DemoModelOptions = {}): Promise<DemoModel> {
  const server = createServer(demoModelApp(options));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
