import { parseArgs } from 'node:util';
import { Campaign, type CampaignOptions } from './campaign.ts';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    encoding: { type: 'string', default: 'both' },
    seconds: { type: 'string', default: '0' },
    http: { type: 'string', default: '0.02' },
  },
});
const encodings = { both: ['protobuf', 'json'], protobuf: ['protobuf'], json: ['json'] } as const;
if (!Object.hasOwn(encodings, values.encoding)) throw new Error('--encoding is protobuf, json or both');
const options: CampaignOptions = {
  inputs: Number(values.inputs),
  seed: Number(values.seed),
  encodings: encodings[values.encoding as keyof typeof encodings],
  seconds: Number(values.seconds),
  http: Number(values.http),
  asked: 200,
  print: (line) => console.log(line),
};
const harm = await new Campaign(options).run();
process.exit(harm === 0 ? 0 : 1);
