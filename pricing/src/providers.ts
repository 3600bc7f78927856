/** Names senders use for a provider, in lower case, to the price list's name for it. OpenTelemetry's own names come first. */
const LISTED_AS: Readonly<Record<string, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  'gcp.gemini': 'google',
  'gcp.vertex_ai': 'google',
  'gcp.gen_ai': 'google',
  'aws.bedrock': 'aws',
  'azure.ai.openai': 'azure',
  'azure.ai.inference': 'azure',
  x_ai: 'x-ai',
  mistral_ai: 'mistral',
  moonshot_ai: 'moonshotai',
  cohere: 'cohere',
  deepseek: 'deepseek',
  groq: 'groq',
  perplexity: 'perplexity',
  // Spellings of frameworks and of older conventions.
  google: 'google',
  gemini: 'google',
  vertex_ai: 'google',
  vertex: 'google',
  vertexai: 'google',
  google_genai: 'google',
  google_vertexai: 'google',
  'google-vertex': 'google',
  bedrock: 'aws',
  'amazon-bedrock': 'aws',
  amazon_bedrock: 'aws',
  aws_bedrock: 'aws',
  azure: 'azure',
  azure_openai: 'azure',
  'azure-openai': 'azure',
  'az.ai.openai': 'azure',
  'az.ai.inference': 'azure',
  xai: 'x-ai',
  mistralai: 'mistral',
  mistral: 'mistral',
  moonshot: 'moonshotai',
  together_ai: 'together',
  'together-ai': 'together',
  togetherai: 'together',
  fireworks_ai: 'fireworks',
  'fireworks-ai': 'fireworks',
  voyage: 'voyageai',
  'workers-ai': 'cloudflare',
};

/** Frameworks and gateways that sign in the provider's place: they say nothing about who was paid. */
const NOT_A_PROVIDER = new Set(['', 'unknown', 'langchain', 'llamaindex', 'llama_index', 'crewai', 'strands-agents', 'gcp.vertex.agent']);

/**
 * Models that one provider alone sells, so that the name tells who was paid. A model with public weights never belongs
 * here: it may run on the sender's own machine, and a list price would be invented.
 */
const SOLD_ONLY_BY: readonly (readonly [RegExp, string])[] = [
  [/^(ft:)?gpt-(3\.5|4|5|6)/, 'openai'],
  [/^(chatgpt-4o|o1|o3|o4)(-|$)/, 'openai'],
  [/^text-embedding-(3-|ada-)/, 'openai'],
  [/^claude-/, 'anthropic'],
  [/^gemini-/, 'google'],
  [/^grok-[3-9]/, 'x-ai'],
  [/^voyage-/, 'voyageai'],
];

/** Who was paid, in the list's words, and the model's name there; both in lower case. */
export interface Seller {
  readonly provider: string;
  readonly model: string;
}

/**
 * Who sells `model`, when `provider` is what the sender called the provider. null = nobody we could name: another host
 * (`vllm`, `ollama`) is not the maker of the model it runs.
 * @param isListed whether the list has a provider of that name
 */
export function sellerOf(provider: string, model: string, isListed: (id: string) => boolean): Seller | null {
  const name = provider.trim().toLowerCase();
  const asked = model.trim().toLowerCase();
  if (name === 'litellm') return routed(asked, isListed);
  if (NOT_A_PROVIDER.has(name)) return ownModel(asked);
  const listed = listedAs(name, isListed) ?? listedAs(withoutApi(name), isListed);
  return listed === null ? null : { provider: listed, model: asked };
}

/** `openai.chat` is the AI SDK's way to say openai, and `azure.chat` azure. Else a cloud's name says nothing: `aws.sagemaker` is not Bedrock. */
function withoutApi(name: string): string {
  return name.replace(/^(?:(azure(?:-openai)?)\.(?:chat|responses|completion|embeddings?)|(?!aws|azure|gcp)([^.]+)\..*)$/, '$1$2');
}

function listedAs(name: string, isListed: (id: string) => boolean): string | null {
  if (Object.hasOwn(LISTED_AS, name)) return LISTED_AS[name] ?? null;
  return isListed(name) ? name : null;
}

/** LiteLLM writes the provider before the model: `azure/gpt-4o`. */
function routed(model: string, isListed: (id: string) => boolean): Seller | null {
  const slash = model.indexOf('/');
  if (slash < 0) return ownModel(model);
  const provider = listedAs(model.slice(0, slash), isListed);
  return provider === null ? null : { provider, model: model.slice(slash + 1) };
}

/** `gpt-4o`, and `openai/gpt-4o` where the prefix names the same seller. */
function ownModel(model: string): Seller | null {
  const slash = model.indexOf('/');
  const name = model.slice(slash + 1);
  const provider = SOLD_ONLY_BY.find(([pattern]) => pattern.test(name))?.[1];
  if (provider === undefined) return null;
  const prefix = model.slice(0, Math.max(slash, 0));
  return prefix === '' || listedAs(prefix, (id) => id === provider) === provider ? { provider, model: name } : null;
}
