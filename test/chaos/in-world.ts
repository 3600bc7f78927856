import http from 'node:http';
import { expect } from 'vitest';
import { random } from '../bench/payload.ts';
import { audit } from './audit.ts';
import { World, type WorldOptions } from './world.ts';

/** The preloads that break a disk or a clock reach the threads of the built server only. */
export const built = process.env.AIRUNS_TEST_BUILT === '1';

export const SEED = Number(process.env.AIRUNS_SEED ?? 20_261_122);

/** Runs a test on a fresh world and expects its books to be exact afterwards. */
export async function inWorld(engine: World['engine'], test: (world: World) => Promise<void>, options: WorldOptions = {}): Promise<void> {
  console.log(`seed ${SEED} (AIRUNS_SEED)`);
  const world = await World.open(engine, random(SEED), options);
  try {
    await world.up();
    await test(world);
    expect(await audit(world)).toEqual([]);
  } finally {
    await world.close(false);
  }
}

/** Lets the load of a world run while `during` does. */
export async function underLoad(world: World, during: () => Promise<void>): Promise<void> {
  let over = false;
  const sending = world.load.run(world.url, () => over);
  try {
    await during();
  } finally {
    over = true;
    await sending;
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Rejects where no whole answer comes. */
export function ask(url: string, options: http.RequestOptions = {}, body?: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Sends a body of spans in protobuf. */
export const send = (url: string, body: Buffer): Promise<Answer> =>
  ask(`${url}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/x-protobuf', 'content-length': body.length } }, body);
