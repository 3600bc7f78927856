import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { vi } from 'vitest';

const CONFIGS = fileURLToPath(new URL('../../collector-config/', import.meta.url));
export type Role = 'agent' | 'gateway';
/** Environment variables. */
export type Settings = Readonly<Record<string, string | number>>;

export interface Collector {
  /** http://127.0.0.1:port of its OTLP/HTTP receiver. */
  readonly url: string;
  /** 127.0.0.1:port of its OTLP/gRPC receiver. */
  readonly grpc: string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
}

/** Has the collector check a file of collector-config/. Rejects with what it says. */
export async function validate(program: string, role: Role, settings: Settings): Promise<void> {
  await promisify(execFile)(program, ['validate', `--config=${CONFIGS}${role}.yaml`], { env: environment(settings) });
}

/**
 * Starts the collector with a file of collector-config/ as it stands, on ports nobody uses, and waits until it is healthy.
 * @param directory for its queue; what a killed collector left there is sent by the next one
 * @param settings further environment, under the names in the file
 */
export async function startCollector(program: string, role: Role, directory: string, settings: Settings): Promise<Collector> {
  const [grpc = 0, http = 0, health = 0, metrics = 0] = await freePorts(4);
  const prefix = role.toUpperCase();
  const own = { QUEUE_DIR: directory, GRPC_PORT: grpc, HTTP_PORT: http, HEALTH_PORT: health, METRICS_PORT: metrics };
  const named = Object.fromEntries(Object.entries(own).map(([name, value]) => [`${prefix}_${name}`, value]));
  const child = spawn(program, [`--config=${CONFIGS}${role}.yaml`], {
    env: environment({ ...named, ...settings }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr?.on('data', (text: Buffer) => {
    log += text;
  });
  await vi.waitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(`the collector ended: ${log}`);
      const answer = await fetch(`http://127.0.0.1:${health}`);
      if (!answer.ok) throw new Error(`the collector is not healthy: ${log}`);
    },
    { timeout: 30_000, interval: 50 },
  );
  return { url: `http://127.0.0.1:${http}`, grpc: `127.0.0.1:${grpc}`, kill: () => kill(child) };
}

function environment(settings: Settings): NodeJS.ProcessEnv {
  return { ...process.env, ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])) };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Ports that are free now. All are held until the last is known, so that they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  const ports = await Promise.all(
    servers.map(async (server) => {
      await once(server, 'listening');
      const address = server.address();
      return typeof address === 'object' && address ? address.port : 0;
    }),
  );
  await Promise.all(servers.map(async (server) => once(server.close(), 'close')));
  return ports;
}
