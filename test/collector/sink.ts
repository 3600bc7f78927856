import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** An OTLP/HTTP receiver that takes everything and remembers it. */
export interface Sink {
  readonly url: string;
  /** The bodies so far, unpacked, each with the path it came to. */
  readonly received: readonly { readonly path: string; readonly body: Buffer }[];
  /** Whether a request to `path` held these bytes: an id of a span, a name. */
  has(path: string, bytes: Buffer): boolean;
  close(): Promise<void>;
}

export async function startSink(port = 0): Promise<Sink> {
  const received: { path: string; body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    received.push({ path: request.url ?? '', body: request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body });
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`,
    received,
    has: (path, bytes) => received.some((request) => request.path === path && request.body.includes(bytes)),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
