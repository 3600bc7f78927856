const KNOWN: Readonly<Record<string, string>> = {
  'api.openai.com': 'openai',
  'api.anthropic.com': 'anthropic',
  'api.deepseek.com': 'deepseek',
  'api.groq.com': 'groq',
  'api.mistral.ai': 'mistral_ai',
  'api.perplexity.ai': 'perplexity',
  'api.x.ai': 'x_ai',
  'generativelanguage.googleapis.com': 'gcp.gemini',
};

/**
 * Who serves the models at this address, as `gen_ai.provider.name`. It selects the price list, so an address we do not
 * know is called by its host: nobody's list price applies to it by accident. To call everything with this API "openai"
 * would make a local model look expensive.
 */
export function providerAt(modelUrl: string): string {
  const host = new URL(modelUrl).hostname.toLowerCase();
  if (host.endsWith('.openai.azure.com')) return 'azure.ai.openai';
  return KNOWN[host] ?? host;
}
