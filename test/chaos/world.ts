import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { freePort, type SpawnedServer, spawnServer } from '../support/server.ts';
import { Load } from './load.ts';
import { cutPower, type Damage, takeStock } from './power.ts';
import { StoreProxy } from './proxy.ts';

const PRELOAD = fileURLToPath(new URL('./preload/', import.meta.url));

/** How the disk fails: chances of an operation on a file that is not the engine's. */
export interface DiskFault {
  readonly code: 'ENOSPC' | 'EIO' | 'EACCES';
  readonly chances: Partial<Record<'open' | 'write' | 'sync' | 'rename', number>>;
}

export interface WorldOptions {
  readonly deletes?: boolean;
  /** Requests a second at most. */
  readonly rate?: number | undefined;
  /** Of the server, beside what it needs to be hurt. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further files of preload/. */
  readonly preload?: readonly string[];
}

/** One data folder with its sender, the processes that one after another serve it, and the means to hurt them. */
export class World {
  readonly load: Load;
  readonly folder: string;
  readonly dataDir: string;
  private readonly side: string;
  private server: SpawnedServer | null = null;
  private bootId = randomUUID();
  private gateway: Gateway | null = null;
  private proxy: StoreProxy | null = null;

  private constructor(
    readonly engine: 'embedded' | 'remote',
    private readonly next: () => number,
    private readonly port: number,
    private readonly options: WorldOptions,
  ) {
    this.folder = mkdtempSync(join(tmpdir(), `airuns-chaos-${engine}-`));
    [this.dataDir, this.side] = [join(this.folder, 'data'), join(this.folder, 'side')];
    for (const name of ['data', 'side', 'side/removed', 'side/before', 'gateway']) mkdirSync(join(this.folder, name));
    this.load = new Load(next, { deletes: options.deletes ?? false, rate: options.rate });
  }

  /** A world whose first start is behind it: its schema is there and on disk. */
  static async open(engine: 'embedded' | 'remote', next: () => number, options: WorldOptions = {}): Promise<World> {
    // From the sources a thread would not get what is loaded before the program.
    if (process.env.AIRUNS_TEST_BUILT !== '1') throw new Error('this needs the built server: npm run build, then AIRUNS_TEST_BUILT=1');
    const world = new World(engine, next, await freePort(), options);
    if (engine === 'remote') {
      world.gateway = await startGateway(join(world.folder, 'gateway'));
      world.proxy = await StoreProxy.open(world.gateway.port, next);
    }
    await world.up();
    const code = await world.stop();
    if (code !== 0) throw new Error(`the first stop ended with ${code}`);
    takeStock(world.dataDir, world.side);
    return world;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get running(): SpawnedServer | null {
    return this.server;
  }

  /** What a command or an inspection of this world's data needs. */
  get env(): Record<string, string> {
    const password = encodeURIComponent('p@ss/word');
    const remote = this.proxy && { AIRUNS_CLICKHOUSE_URL: `http://tester:${password}@127.0.0.1:${this.proxy.port}/ledger` };
    return { AIRUNS_DATA_DIR: this.dataDir, ...remote };
  }

  get store(): StoreProxy {
    if (!this.proxy) throw new Error('an embedded store has no network');
    return this.proxy;
  }

  /** Starts a server and does not wait for it. */
  async spawn(): Promise<SpawnedServer> {
    const preloads = ['disk.mjs', ...(this.options.preload ?? [])];
    this.server = await spawnServer({
      dataDir: this.dataDir,
      port: this.port,
      env: {
        ...this.env,
        LOG_LEVEL: 'warn',
        AIRUNS_CHAOS_BOOT: this.bootId,
        AIRUNS_CHAOS_DATA: this.dataDir,
        AIRUNS_CHAOS_SIDE: this.side,
        NODE_OPTIONS: preloads.map((name) => `--import ${pathToFileURL(join(PRELOAD, name)).href}`).join(' '),
        PATH: [PRELOAD, process.env.PATH].join(delimiter),
        ...this.options.env,
      },
    });
    return this.server;
  }

  /** Starts a server where none runs. Resolves, when it is ready, to the milliseconds that took; 0 where one ran. */
  async up(): Promise<number> {
    if (this.server) return 0;
    const since = performance.now();
    await (await this.spawn()).ready();
    return performance.now() - since;
  }

  async kill(): Promise<void> {
    await this.server?.kill();
    this.server = null;
  }

  /** SIGTERM. Resolves to the exit code, or to what is left in the journal if that is anything. */
  async stop(): Promise<number | null | string> {
    const code = (await this.server?.stop()) ?? null;
    this.server = null;
    const left = readdirSync(join(this.dataDir, 'journal'), { recursive: true }).filter((name) => /\.(native|tmp)$/.test(String(name)));
    return left.length === 0 ? code : `exit code ${code}, ${left.length} files left in the journal: ${left.slice(0, 3).join(', ')}`;
  }

  /** Ends the server at once and takes from the disk what was not safe on it. The next start is one after a boot. */
  async powerCut(): Promise<Damage> {
    await this.kill();
    this.bootId = randomUUID();
    return cutPower(this.dataDir, this.side, this.next);
  }

  breakDisk(fault: DiskFault): void {
    writeFileSync(join(this.side, 'fault.json'), JSON.stringify({ ...fault, seed: Math.floor(this.next() * 2 ** 31) }));
  }

  healDisk(): void {
    unlinkSync(join(this.side, 'fault.json'));
  }

  /** The store's own process ends as in a crash and comes back. */
  async restartStore(): Promise<void> {
    await this.gateway!.kill();
    this.gateway = await startGateway(join(this.folder, 'gateway'));
    this.store.target = this.gateway.port;
  }

  /** What the server takes at the moment, as text; empty where none runs or the system does not say. */
  resources(): string {
    try {
      const of = `/proc/${this.server!.pid}`;
      const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`${of}/status`, 'utf8'))![1]) / 1024;
      return `, RSS ${rss.toFixed(0)} MB, ${readdirSync(`${of}/fd`).length} files open`;
    } catch {
      return '';
    }
  }

  /** The end of what the server printed. */
  output(): string {
    return this.server?.output().slice(-3000) ?? '';
  }

  async close(keep: boolean): Promise<void> {
    await this.kill();
    await this.proxy?.close();
    await this.gateway?.stop();
    if (!keep) rmSync(this.folder, { recursive: true, force: true });
  }
}
