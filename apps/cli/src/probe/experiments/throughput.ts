import { fieldsOf } from '../../raw-http.ts';
import { experiment, notApplicable } from '../experiment.ts';
import { slowMessage } from '../messages.ts';
import type { ProbeSession } from '../probe-session.ts';

interface Seen {
  readonly model: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

const HALF_A_DAY_MS = 14 * 3_600_000;

/** Whether a finished turn shows in the report of how fast models are. */
export const throughput = experiment<Seen>({
  name: 'throughput',
  needsModel: true,
  observe: async (session) => {
    const { slow: model } = session.models;
    const socket = await session.open();
    const hello = await socket.frame(({ type }) => type === 'hello' || type === 'catalog');
    const now = Number(hello?.['serverTime']);
    const before = await turnsOf(session, model, now);
    const conversationId = session.conversation();
    socket.send({ type: 'chat.send', conversationId, message: slowMessage(24), model });
    await socket.sealed(conversationId);
    return { model, before, after: await turnsOf(session, model, now) };
  },
  rows: [
    {
      id: 'A.3-19',
      says: 'A turn counts in the throughput of its model, over the socket as well as over HTTP.',
      judge: ({ before, after, model }) => {
        if (before === undefined || after === undefined) return notApplicable('there is no such report here');
        return after > before ? undefined : `${model} had ${before} turns before and ${after} behind it`;
      },
    },
  ],
});

/** Turns of a model this month; undefined where nothing tells. The server's time zone is not known, so its month may be another. */
async function turnsOf(session: ProbeSession, model: string, now: number): Promise<number | undefined> {
  if (!Number.isFinite(now)) return undefined;
  const months = new Set(
    [now - HALF_A_DAY_MS, now, now + HALF_A_DAY_MS].map((ms) => new Date(ms).toISOString().slice(0, 7)),
  );
  let turns = 0;
  for (const month of months) {
    const { status, json } = await session.ask('GET', `/metrics/throughput?period=month&date=${month}`);
    const models = fieldsOf(json)?.['models'];
    if (status !== 200 || !Array.isArray(models)) return undefined;
    const entry = models.map(fieldsOf).find((fields) => fields?.['model'] === model);
    turns += Number(entry?.['turns'] ?? 0);
  }
  return turns;
}
