import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Scope } from '@dispatch/transport-contract';
import type { KnownCaller } from '../auth/authenticator.ts';
import { hasScope } from '../auth/caller.ts';
import { refuse } from '../refusal.ts';
import type { Services } from '../services.ts';
import { sendRefusal } from './answer.ts';

/** The caller, if they may do what asks for this scope. Undefined: they may not, and were told why. */
export async function admit(
  { authenticator, requests }: Services,
  scope: Scope,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<KnownCaller | undefined> {
  const known = await authenticator.authenticate(incoming, 'request');
  if (!known.ok) {
    sendRefusal(outgoing, known.refusal);
    return undefined;
  }
  const { principal } = known.caller;
  const { headers, refusal } = requests.take(principal.userId);
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  if (refusal) {
    sendRefusal(outgoing, refusal);
    return undefined;
  }
  if (hasScope(principal, scope)) return known;
  sendRefusal(outgoing, refuse('forbidden', `This needs the scope ${scope}.`));
  return undefined;
}
