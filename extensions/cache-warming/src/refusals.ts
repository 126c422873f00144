import type { NotSent } from './warmer.ts';

type Reason = NotSent['reason'];

interface Refusal {
  /** The code of an HTTP answer. */
  readonly code: string;
  /** One sentence for people. */
  readonly message: string;
}

const nothing = (message: string): Refusal => ({ code: 'nothing-to-warm', message });

const REFUSALS: Readonly<Record<Reason, Refusal>> = {
  'turn-running': {
    code: 'turn-running',
    message: 'A turn of this conversation is running: it is warm already.',
  },
  'warm-running': { code: 'warm-running', message: 'This conversation is being warmed already.' },
  'no-history': nothing('This conversation has no history to warm.'),
  'unknown-conversation': nothing('This conversation has no history to warm.'),
  'unknown-model': nothing('No credential provides this model.'),
  closed: nothing('The conversation was closed meanwhile.'),
  'given-up': nothing('The warm was given up before it was sent.'),
  'conversation-damaged': {
    code: 'conversation-damaged',
    message: 'Stored parts of this conversation are damaged; it cannot be warmed.',
  },
  draining: { code: 'draining', message: 'The backend is shutting down and starts nothing new.' },
  money: nothing('The budget in money of this conversation would be crossed.'),
  unpriced: nothing('There is a budget in money, and no price of this model is known.'),
  unsized: nothing(
    'There is a budget in money, and the price of the next warm is not known yet; the next turn will tell.',
  ),
  warms: nothing('The budget in warms of this conversation is used up.'),
  idle: nothing('The idle time of this conversation is over.'),
};

/** Why a warm was not sent, for people. */
export const whyNotSent = (reason: Reason): string => REFUSALS[reason].message;

/** Why a warm was not sent, as an HTTP error. */
export const refusalOf = (reason: Reason): Refusal => REFUSALS[reason];
