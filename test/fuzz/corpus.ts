import { readdirSync, readFileSync } from 'node:fs';
import { makeTemplates } from '../bench/payload.ts';
import { CAPTURES } from '../support/otlp-proto.ts';
import { type Node, parse, SCHEMAS, write } from './wire-tree.ts';

export type Encoding = 'protobuf' | 'json';
export type Signal = 'traces' | 'logs';

/** Real requests, by signal and encoding. Large ones are left out: a million inputs are made of the others. */
export interface Corpus {
  readonly traces: Readonly<Record<Encoding, readonly Buffer[]>>;
  readonly logs: Readonly<Record<Encoding, readonly Buffer[]>>;
}

const MAX_SIZE = 6144;
/** The rest of a bench request is like its first spans. */
const BENCH_SPANS = 3;

export function loadCorpus(): Corpus {
  const corpus = { traces: { protobuf: [] as Buffer[], json: [] as Buffer[] }, logs: { protobuf: [] as Buffer[], json: [] as Buffer[] } };
  for (const file of readdirSync(CAPTURES).sort()) {
    const encoding = file.endsWith('.otlp.pb') ? 'protobuf' : file.endsWith('.otlp.json') ? 'json' : null;
    const bytes = readFileSync(CAPTURES + file);
    if (encoding && bytes.length <= MAX_SIZE) corpus[file.includes('.logs.') ? 'logs' : 'traces'][encoding].push(bytes);
  }
  for (const shape of ['small', 'fat'] as const) {
    for (const { bytes } of makeTemplates(shape, 1, 1)) corpus.traces.protobuf.push(firstSpans(bytes));
  }
  return corpus;
}

/** A request cut to its first spans, as if no more had been sent. */
function firstSpans(bytes: Buffer): Buffer {
  const request = parse(bytes, SCHEMAS.traces);
  for (const resource of request) {
    for (const scope of resource.children ?? []) {
      if (scope.field !== 2) continue;
      let spans = 0;
      scope.children = scope.children!.filter(({ field }) => field !== 2 || ++spans <= BENCH_SPANS);
      for (const [i, span] of scope.children.entries()) if (span.field === 2) setTimes(span.children!, START + BigInt(i) * 1_000_000n);
    }
  }
  return write(request);
}

const START = 1_795_341_600_000_000_000n;

/** The generator takes its times from the clock: with them no seed would give the same input tomorrow. */
function setTimes(span: Node[], at: bigint): void {
  for (const node of span) {
    if (node.wire !== 1) continue;
    node.bytes = Buffer.alloc(8);
    node.bytes.writeBigUInt64LE(node.field === 7 ? at : at + 2_000_000_000n);
  }
}
