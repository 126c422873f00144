/** Prices of the models a pattern names, in US dollars per million tokens. */
export interface PriceEntry {
  /** `<provider>/<model>`, in which `*` stands for anything. */
  readonly model: string;
  readonly input: number;
  readonly cacheRead: number;
  /** What writing into the cache costs; that of input where it costs nothing more. */
  readonly cacheWrite: number;
  readonly output: number;
  /** How long a prompt stays in the cache, from the start of the last request that used it. */
  readonly lifetimeSeconds: number;
  /** Tokens of the shortest prompt that is cached. */
  readonly minimumPrefix: number;
  /** What people should know about these figures. Absent: nothing. */
  readonly note?: string;
}

/** Prices and lifetimes, as of a day. */
export interface PriceBook {
  /** `YYYY-MM-DD`. */
  readonly asOf: string;
  /** Where they were read, in words for people. */
  readonly source: string;
  /** The first that fits a model counts. */
  readonly models: readonly PriceEntry[];
}

/** What one model costs, and by which book. */
export interface Price extends PriceEntry {
  readonly asOf: string;
  readonly source: string;
}

/** The first entry that fits a model of a provider. Undefined: no price is known. */
export function priceOf(
  book: PriceBook,
  source: { readonly provider: string; readonly name: string } | undefined,
): Price | undefined {
  if (source === undefined) return undefined;
  const name = `${source.provider}/${source.name}`;
  const entry = book.models.find(({ model }) => fits(model, name));
  return entry === undefined ? undefined : { ...entry, asOf: book.asOf, source: book.source };
}

function fits(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const [place, part] of rest.entries()) {
    const last = place === rest.length - 1;
    const found = last ? name.length - part.length : name.indexOf(part, at);
    if (found < at || !name.startsWith(part, found)) return false;
    at = found + part.length;
  }
  return at === name.length;
}

const FIVE_MINUTES = 300;
const HALF_AN_HOUR = 1_800;

/** Anthropic's models read at a tenth of the input's price unless said, write at five quarters of it, and answer at five times it. */
const anthropic = (
  model: string,
  input: number,
  minimumPrefix: number,
  more: { readonly cacheRead?: number; readonly note?: string } = {},
): PriceEntry => ({
  model: `anthropic/${model}`,
  input,
  cacheRead: input / 10,
  cacheWrite: input * 1.25,
  output: input * 5,
  lifetimeSeconds: FIVE_MINUTES,
  minimumPrefix,
  ...more,
});

/** Models of OpenAI up to 5.4: writing into the cache costs nothing more. */
const openai = (model: string, input: number, cacheRead: number, output: number): PriceEntry => ({
  model: `openai-compatible/${model}`,
  input,
  cacheRead,
  cacheWrite: input,
  output,
  lifetimeSeconds: FIVE_MINUTES,
  minimumPrefix: 1_024,
  note: 'writing costs nothing more, and the lifetime is not promised',
});

/** Models of OpenAI from 5.6 on: writing costs a quarter more, and what is written stays for half an hour at least. */
const openaiKept = (model: string, input: number, cacheRead: number, output: number): PriceEntry => ({
  ...openai(model, input, cacheRead, output),
  cacheWrite: input * 1.25,
  lifetimeSeconds: HALF_AN_HOUR,
  note: 'long prompts cost more than this',
});

const UNKNOWN_MINIMUM =
  'the shortest prompt that is cached is not known; that of the model before it is taken';

/** What ships. Models nobody read a price of are not in it: their money reads as unknown. The operator replaces it as a whole. */
export const PRICES: PriceBook = {
  asOf: '2026-10-24',
  source: 'the providers’ public price lists as others had read them by that day; enter your own',
  models: [
    {
      model: 'demo/*',
      input: 0.01,
      cacheRead: 0.001,
      cacheWrite: 0.0125,
      output: 0.05,
      lifetimeSeconds: FIVE_MINUTES,
      minimumPrefix: 64,
      note: 'made up: demo models cost nothing',
    },
    anthropic('claude-fable-5-1*', 10, 512, { cacheRead: 0.25, note: UNKNOWN_MINIMUM }),
    anthropic('claude-mythos-5-1*', 10, 512, { cacheRead: 0.25, note: UNKNOWN_MINIMUM }),
    anthropic('claude-fable-5*', 10, 512),
    anthropic('claude-mythos-5*', 10, 512),
    anthropic('claude-opus-5-5*', 4, 512, { cacheRead: 0.2, note: UNKNOWN_MINIMUM }),
    anthropic('claude-opus-5*', 5, 512),
    anthropic('claude-opus-4-8*', 5, 1_024),
    anthropic('claude-opus-4-7*', 5, 2_048),
    anthropic('claude-opus-4-6*', 5, 4_096),
    anthropic('claude-opus-4-5*', 5, 4_096),
    anthropic('claude-opus-4*', 15, 1_024),
    anthropic('claude-sonnet-5-5*', 2, 1_024, { cacheRead: 0.1, note: UNKNOWN_MINIMUM }),
    anthropic('claude-sonnet-5*', 2, 1_024),
    anthropic('claude-sonnet-4*', 3, 1_024),
    anthropic('claude-haiku-5-5*', 0.1, 4_096, {
      note: 'prompts over 100,000 tokens cost five times this; the shortest prompt that is cached is not known',
    }),
    anthropic('claude-haiku-4-5*', 1, 4_096),
    openaiKept('gpt-6.1-sol*', 2, 0.1, 10),
    openaiKept('gpt-6-sol*', 2, 0.2, 10),
    openaiKept('gpt-6-luna*', 0.1, 0.01, 0.5),
    openai('gpt-5.4-mini*', 0.75, 0.075, 4.5),
    openai('gpt-5.4', 2.5, 0.25, 15),
    openai('gpt-5-mini*', 0.25, 0.025, 2),
    openai('gpt-5-nano*', 0.05, 0.005, 0.4),
    openai('gpt-5', 1.25, 0.125, 10),
    openai('gpt-5-2025*', 1.25, 0.125, 10),
    openai('gpt-4.1', 2, 0.5, 8),
    openai('gpt-4.1-2025*', 2, 0.5, 8),
    openai('gpt-4o', 2.5, 1.25, 10),
  ],
};
