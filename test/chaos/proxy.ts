import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong between the server and its store: chances of each in [0, 1), tried in this order for every request. */
export interface StoreFault {
  /** Milliseconds every request takes longer. */
  readonly delayMs?: number;
  /** The connection breaks before the store hears anything. */
  readonly refuse?: number;
  /** An error that says "later" (ClickHouse code 241), before the store hears anything. */
  readonly memory?: number;
  /** The store does it, and the connection breaks before its answer: a timeout with success. */
  readonly lostAnswer?: number;
  /** Nothing happens until the fault is over; then the connection breaks. */
  readonly hang?: number;
}

/** A ClickHouse server as the network shows it on a bad day. */
export class StoreProxy {
  private fault: StoreFault = {};
  private readonly hanging = new Set<IncomingMessage>();
  /** Requests that met a fault. */
  faults = 0;

  private constructor(
    private readonly server: Server,
    private readonly next: () => number,
    /** Where the store is. */
    public target: number,
  ) {}

  static async open(target: number, next: () => number): Promise<StoreProxy> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const proxy = new StoreProxy(server, next, target);
    server.on('request', (request, response) => proxy.pass(request, response));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  begin(fault: StoreFault): void {
    this.fault = fault;
  }

  heal(): void {
    this.fault = {};
    for (const request of this.hanging) request.socket.destroy();
    this.hanging.clear();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private pass(request: IncomingMessage, response: ServerResponse): void {
    const fault = this.fault;
    const hit = (chance = 0): boolean => {
      const met = this.next() < chance;
      if (met) this.faults++;
      return met;
    };
    if (hit(fault.refuse)) return void request.destroy();
    if (hit(fault.hang)) return void this.hanging.add(request);
    if (hit(fault.memory)) {
      request.resume();
      response.writeHead(500, { 'X-ClickHouse-Exception-Code': '241' });
      return void response.end('Code: 241. DB::Exception: Memory limit (total) exceeded: injected. (MEMORY_LIMIT_EXCEEDED)\n');
    }
    const lost = hit(fault.lostAnswer);
    if (fault.delayMs) this.faults++;
    setTimeout(() => this.forward(request, response, lost), fault.delayMs ?? 0);
  }

  private forward(request: IncomingMessage, response: ServerResponse, lost: boolean): void {
    const { method, url, headers } = request;
    const onward = httpRequest({ port: this.target, host: '127.0.0.1', method, path: url, headers, agent: false }, (answer) => {
      if (lost)
        return void answer
          .resume()
          .on('error', () => undefined)
          .on('close', () => request.socket.destroy());
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
      answer.on('error', () => request.socket.destroy());
    });
    // A request that was read to its end keeps its socket when it is destroyed.
    onward.on('error', () => request.socket.destroy());
    request.on('error', () => onward.destroy());
    // Whoever asks no longer waits: the store should hear of it, as it would without us.
    response.on('close', () => {
      if (!response.writableFinished && !lost) onward.destroy();
    });
    request.pipe(onward);
  }
}
