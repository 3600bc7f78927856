import { expect, it } from 'vitest';
import { providerAt } from './provider.ts';

it.each([
  ['https://api.openai.com/v1', 'openai'],
  ['https://API.MISTRAL.AI/v1', 'mistral_ai'],
  ['https://my.openai.azure.com/openai', 'azure.ai.openai'],
  ['http://localhost:11434/v1', 'localhost'],
  ['https://gateway.example/openai.com', 'gateway.example'],
  ['https://api.openai.com.evil.example/v1', 'api.openai.com.evil.example'],
])('the provider at %s is %s', (url, want) => {
  expect(providerAt(url)).toBe(want);
});
