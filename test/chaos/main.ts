import { parseArgs } from 'node:util';
import { campaign } from './campaign.ts';
import { FAULTS, type Fault } from './faults.ts';

const HELP = `npm run chaos [-- options]

Hurts the real server under load, again and again on the same data, and audits: every acknowledged span is there once, in its newest version,
and every total equals a recount and what was sent. Exit code 1 if not; the data folders are kept then.

  --rounds N     how often (default 40)
  --soak 24h     go on for this long instead (s, m, h)
  --pace 1h      of load before each blow (default 0s)
  --rate N       requests a second at most, for a soak: what was sent is remembered
  --seed N       what is sent and which blow falls (default: by chance; it is printed). The moment of a blow is the machine's
  --only a,b     of: ${FAULTS.join(', ')}
                 kill     kill -9, also during the start and twice in a row
                 power    kill -9, then what was not synced is lost in part; the next start is one after a boot
                 full     the journal's disk answers ENOSPC, EIO or EACCES
                 slow     the store (over HTTP) is slow or hangs
                 failing  the store refuses, errs, loses its answers, crashes
  --audit N      rounds between two audits (default 20)
  --no-deletes   leave the deletion of runs out
  --keep         keep the data folders
`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    soak: { type: 'string' },
    pace: { type: 'string', default: '0s' },
    rate: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string', default: FAULTS.join(',') },
    audit: { type: 'string', default: '20' },
    'no-deletes': { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const only = values.only.split(',').map((name) => {
  if (!(FAULTS as readonly string[]).includes(name)) throw new Error(`--only ${name}: expected some of ${FAULTS.join(', ')}`);
  return name as Fault;
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const until = values.soak === undefined ? {} : { until: Date.now() + duration('soak', values.soak) };
const pace = duration('pace', values.pace);
const rate = values.rate === undefined ? undefined : Number(values.rate);
const rounds = values.soak === undefined ? Number(values.rounds ?? 40) : Number.POSITIVE_INFINITY;
console.log(`seed ${seed}, faults ${only.join(', ')}`);
const outcome = await campaign({
  rounds,
  seed,
  only,
  auditEvery: Number(values.audit),
  deletes: !values['no-deletes'],
  keep: values.keep,
  pace,
  rate,
  ...until,
  say: console.log,
});
for (const line of outcome.wrong) console.log(`WRONG ${line}`);
console.log(
  `${outcome.rounds} rounds, ${outcome.acknowledged} requests acknowledged, ${outcome.spans} spans, slowest start ${outcome.slowestStart.toFixed(0)} ms: ` +
    (outcome.wrong.length === 0 ? 'nothing lost, nothing wrong' : `${outcome.wrong.length} things wrong (seed ${seed})`),
);
process.exit(outcome.wrong.length === 0 ? 0 : 1);

/** `90s`, `5m`, `24h` in milliseconds. */
function duration(option: string, text: string): number {
  const [, amount, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  if (!amount) throw new Error(`--${option} ${text}: expected a number of s, m or h, e.g. 24h`);
  return Number(amount) * { s: 1000, m: 60_000, h: 3_600_000 }[unit as 's' | 'm' | 'h'];
}
