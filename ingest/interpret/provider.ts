/** Older spellings of provider names and today's, from the GenAI conventions' registry. */
const RENAMED: Readonly<Record<string, string>> = {
  vertex_ai: 'gcp.vertex_ai',
  gemini: 'gcp.gemini',
  google: 'gcp.gemini',
  'az.ai.inference': 'azure.ai.inference',
  'az.ai.openai': 'azure.ai.openai',
  azure: 'azure.ai.openai',
  xai: 'x_ai',
  AWS: 'aws.bedrock',
  bedrock: 'aws.bedrock',
  'amazon-bedrock': 'aws.bedrock',
  mistral: 'mistral_ai',
  mistralai: 'mistral_ai',
};

/** Frameworks that write themselves where the provider belongs. */
const FRAMEWORKS = new Set(['langchain', 'strands-agents', 'gcp.vertex.agent', 'crewai']);
const DOTTED = ['aws.', 'azure.', 'gcp.', 'ibm.', 'az.'];

/** No provider has a longer name; a sender's text that is longer is not remembered. */
const MAX_NAME = 128;
const cache = new Map<string, string>();

/** A provider in OpenTelemetry's spelling: `openai.chat` (AI SDK) is openai, frameworks are none (''). */
export function providerOf(said: string): string {
  const known = cache.get(said);
  if (known !== undefined) return known;
  const provider = normalise(said);
  if (cache.size < 10_000 && said.length <= MAX_NAME) cache.set(said, provider);
  return provider;
}

function normalise(said: string): string {
  if (FRAMEWORKS.has(said)) return '';
  if (Object.hasOwn(RENAMED, said)) return RENAMED[said]!;
  const whole = said.toLowerCase();
  const name = DOTTED.some((prefix) => whole.startsWith(prefix)) ? whole : (whole.split('.')[0] ?? '');
  return Object.hasOwn(RENAMED, name) ? RENAMED[name]! : name;
}
