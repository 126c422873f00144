import { fieldsOf } from '../../raw-http.ts';
import { experiment, notApplicable } from '../experiment.ts';
import { type Log, readLog } from '../history.ts';
import { slowMessage } from '../messages.ts';
import type { ProbeSession } from '../probe-session.ts';
import type { ProbeEvent } from '../probe-socket.ts';
import { eventsOf, reasonOf, shown, textOf } from '../turn-facts.ts';

interface Seen {
  readonly events: readonly ProbeEvent[];
  readonly log: Log;
}

/** A model may be quicker than the stop. */
const FURTHER_TRIES = 15;
/** A turn that has not begun by then never will. */
const MOST_STOPS = 500;

const isHit = ({ events }: Seen): boolean => reasonOf(events) === 'aborted' && textOf(events) === '';

async function stopAtOnce(session: ProbeSession): Promise<Seen> {
  const conversationId = session.conversation();
  const socket = await session.open();
  const id = socket.nextId();
  socket.send({ type: 'chat.send', id, conversationId, message: slowMessage(), model: session.models.slow });
  // Asked for before it can have begun, and until it has: a stop that waits for the acknowledgement comes too late on a busy machine.
  for (let asked = 0; asked < MOST_STOPS; asked += 1) {
    const { json } = await session.ask('POST', `/conversations/${conversationId}/stop`);
    if (fieldsOf(json)?.['stopped'] === true || socket.deltas(conversationId).length > 0) break;
  }
  await socket.sealed(conversationId);
  return { events: eventsOf(socket.deltas(conversationId)), log: await readLog(session, conversationId) };
}

/** A turn that is stopped as soon as it has been taken. */
export const stoppingEarly = experiment<Seen>({
  name: 'stopping-early',
  needsModel: true,
  observe: async (session) => {
    let seen = await stopAtOnce(session);
    for (let more = FURTHER_TRIES; more > 0 && !isHit(seen); more -= 1) seen = await stopAtOnce(session);
    return seen;
  },
  rows: [
    {
      id: 'C.3-11',
      says: 'Of a turn that is ended before its model says anything only the message of the user is stored.',
      judge: ({ events, log: { rows } }) => {
        if (reasonOf(events) !== 'aborted' || textOf(events) !== '')
          return notApplicable('the model was quicker');
        const isAlone = rows.length === 1 && rows[0]?.role === 'user';
        return isAlone ? undefined : `${rows.length} rows are stored: ${shown(rows.map(({ role }) => role))}`;
      },
    },
  ],
});
