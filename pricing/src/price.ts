/**
 * What a token costs, in 10^-18 US dollars (a millionth of a pico-dollar). In this unit every published rate is whole:
 * a dollar per million tokens is 10^12.
 */
export type Rate = bigint;

/** The rates of one price band. null = the list names none: see `priceCall` for what follows from it. */
export interface Rates {
  /** In force for calls with more input tokens than this, cached ones included; 0 in the first band. */
  readonly above: number;
  readonly input: Rate;
  readonly cacheRead: Rate | null;
  readonly cacheWrite: Rate | null;
  readonly output: Rate | null;
}

/** One dated price of one model. */
export interface Price {
  /** Derived from the content and readable: equal ids mean equal rates, for ever. `priceById` turns it back into the price. */
  readonly priceId: string;
  /** The list's names, not the sender's: 'openai', 'google', 'aws'. */
  readonly provider: string;
  readonly model: string;
  /** First day (UTC) the price is in force; null = as far back as the list goes. */
  readonly validFrom: string | null;
  /** Only at these hours, as 'HH:MM:SSZ-HH:MM:SSZ'; null = all day. */
  readonly daily: string | null;
  /** The list and its version. */
  readonly source: string;
  /** One band, or several by size of the input. The whole call is priced with the rates of its band. */
  readonly rates: readonly [Rates, ...Rates[]];
  /** The provider also charges for something that tokens do not tell (a fee per request, citations): no amount can be computed. */
  readonly fee: boolean;
  /** The list has other rates for audio, image or video tokens; they are priced as text here. */
  readonly modalities: boolean;
}

/** Tokens of one call in the normal form: input includes cached ones, output includes reasoning. null = unknown, never 0. */
export interface Usage {
  readonly input: number | null;
  readonly output: number | null;
  /** Part of input. */
  readonly cacheRead: number | null;
  /** Part of input. */
  readonly cacheWrite: number | null;
  /** Part of output; it does not change the price. */
  readonly reasoning: number | null;
}
