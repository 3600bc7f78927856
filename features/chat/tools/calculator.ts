const MAX_LENGTH = 300;
const MAX_DEPTH = 50;

const FUNCTIONS: Readonly<Record<string, (value: number) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  cos: Math.cos,
  floor: Math.floor,
  ln: Math.log,
  log: Math.log10,
  round: Math.round,
  sin: Math.sin,
  sqrt: Math.sqrt,
  tan: Math.tan,
};
const CONSTANTS: Readonly<Record<string, number>> = { e: Math.E, pi: Math.PI };

/**
 * The value of an arithmetic expression: `+ - * / % ^`, parentheses, a few functions, `pi` and `e`. A parser of its own,
 * because the expression comes from a model, and what a model writes is never run as code.
 */
export function calculate(expression: string): number {
  if (expression.length > MAX_LENGTH) throw new Error(`the expression is longer than ${MAX_LENGTH} characters`);
  const parser = new Parser(tokensOf(expression));
  const value = parser.whole();
  if (!Number.isFinite(value)) throw new Error('the result is not a number');
  // Takes away what binary fractions add: 0.1 + 0.2 is 0.3.
  return Number(value.toPrecision(12));
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  for (const [token] of expression.matchAll(/\d+(?:\.\d+)?(?:e[+-]?\d+)?|\.\d+|[a-z]+|\S/gi)) tokens.push(token.toLowerCase());
  return tokens;
}

/** Each method reads one level of precedence, lowest first. */
class Parser {
  readonly #tokens: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  whole(): number {
    if (this.#tokens.length === 0) throw new Error('the expression is empty');
    const value = this.#sum();
    if (this.#at < this.#tokens.length) throw new Error(`did not expect "${this.#tokens[this.#at]}"`);
    return value;
  }

  #sum(): number {
    let value = this.#product();
    for (;;) {
      if (this.#accept('+')) value += this.#product();
      else if (this.#accept('-')) value -= this.#product();
      else return value;
    }
  }

  #product(): number {
    let value = this.#signed();
    for (;;) {
      if (this.#accept('*')) value *= this.#signed();
      else if (this.#accept('/')) value = divide(value, this.#signed());
      else if (this.#accept('%')) value = divide(value, this.#signed(), true);
      else return value;
    }
  }

  /** A sign binds less than a power: -2^2 is -4. */
  #signed(): number {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new Error('the expression is nested too deeply');
    const value = this.#accept('-') ? -this.#signed() : this.#accept('+') ? this.#signed() : this.#power();
    this.#depth -= 1;
    return value;
  }

  #power(): number {
    const base = this.#atom();
    return this.#accept('^') ? base ** this.#signed() : base;
  }

  #atom(): number {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new Error('the expression ends too early');
    if (/^[\d.]/.test(token) && !Number.isNaN(Number(token))) return Number(token);
    if (token === '(') return this.#closed();
    if (Object.hasOwn(CONSTANTS, token)) return CONSTANTS[token]!;
    if (Object.hasOwn(FUNCTIONS, token) && this.#accept('(')) return FUNCTIONS[token]!(this.#closed());
    throw new Error(`did not expect "${token}"`);
  }

  #closed(): number {
    const value = this.#sum();
    if (!this.#accept(')')) throw new Error('a closing parenthesis is missing');
    return value;
  }

  #accept(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }
}

function divide(value: number, by: number, remainder = false): number {
  if (by === 0) throw new Error('division by zero');
  return remainder ? value % by : value / by;
}
