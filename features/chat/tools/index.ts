import type { ChatCompletionFunctionTool } from 'openai/resources/chat/completions';
import { z } from 'zod';
import { calculate } from './calculator.ts';
import { readClock } from './clock.ts';

interface Tool<A> {
  description: string;
  parameters: z.ZodType<A>;
  use(args: A): unknown;
}

const tool = <A>(definition: Tool<A>): Tool<A> => definition;

const calculator = tool({
  description: 'Works out an arithmetic expression exactly. Use it for every calculation.',
  parameters: z.strictObject({ expression: z.string().describe('For example: (3 + 4) * 2 ^ 3, sqrt(2), 17.5 / 100 * 240') }),
  use: ({ expression }) => ({ result: calculate(expression) }),
});

const clock = tool({
  description: 'Tells the current date and time.',
  parameters: z.strictObject({ timezone: z.string().optional().describe('An IANA name such as Europe/Rome; UTC if left out') }),
  use: ({ timezone }) => readClock(timezone),
});

const TOOLS: ReadonlyMap<string, Tool<never>> = new Map<string, Tool<never>>([
  ['calculator', calculator as Tool<never>],
  ['clock', clock as Tool<never>],
]);

/** The tools as they are offered to a model. */
export const TOOL_DEFINITIONS: ChatCompletionFunctionTool[] = [...TOOLS].map(([name, { description, parameters }]) => ({
  type: 'function',
  function: { name, description, parameters: schemaOf(parameters) },
}));

/** Runs a tool with the arguments as a model wrote them: JSON, if all goes well. */
export function useTool(name: string, argumentsJson: string): unknown {
  const wanted = TOOLS.get(name);
  if (!wanted) throw new Error(`there is no tool called "${name}"`);
  const parsed = wanted.parameters.safeParse(parseJson(argumentsJson));
  if (!parsed.success) throw new Error(`wrong arguments: ${z.prettifyError(parsed.error)}`);
  return wanted.use(parsed.data);
}

function schemaOf(parameters: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(parameters);
  return schema;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text || '{}');
  } catch {
    throw new Error('the arguments are not valid JSON');
  }
}
