import { addressClass, type VerifyAnswer } from '@dispatch/link';
import type { Clock, Ids } from '../ports.ts';

/** How long a ticket is good for. */
export const TICKET_MS = 30_000;
/** Tickets that wait to be redeemed; beyond it the oldest are void. */
const MOST_TICKETS = 10_000;
const FORM = /^dsp_tkt_[0-9a-f]{64}$/;

/** Where a ticket was asked for, and where it is shown. */
export interface TicketPlace {
  /** Null: no page asked. */
  readonly origin: string | null;
  readonly address: string;
}

/** Credentials for one upgrade, for browsers, whose sockets carry no header. In memory: a ticket does not outlive its kernel. */
export interface Tickets {
  issue(holder: VerifyAnswer, place: TicketPlace): { readonly ticket: string; readonly expiresAt: number };
  /** Who it was issued to. Whatever comes of it, it is void from here on. Undefined: there is no such ticket, or not here, or no longer. */
  redeem(ticket: string, place: TicketPlace): VerifyAnswer | undefined;
}

export function createTickets(clock: Pick<Clock, 'mono' | 'wall'>, ids: Pick<Ids, 'random'>): Tickets {
  const open = new Map<string, { holder: VerifyAnswer; place: string; until: number }>();
  const placeOf = ({ origin, address }: TicketPlace) => JSON.stringify([origin, addressClass(address)]);

  return {
    issue(holder, place) {
      const now = clock.mono();
      for (const [ticket, { until }] of open) {
        if (until > now && open.size < MOST_TICKETS) break;
        open.delete(ticket);
      }
      const ticket = `dsp_tkt_${ids.random(32)}`;
      open.set(ticket, { holder, place: placeOf(place), until: now + TICKET_MS });
      return { ticket, expiresAt: clock.wall() + TICKET_MS };
    },
    redeem(ticket, place) {
      // A look-up by 256 random bits tells nothing about others by the time it takes.
      const found = FORM.test(ticket) ? open.get(ticket) : undefined;
      open.delete(ticket);
      if (found === undefined || found.until <= clock.mono() || found.place !== placeOf(place))
        return undefined;
      return found.holder;
    },
  };
}
