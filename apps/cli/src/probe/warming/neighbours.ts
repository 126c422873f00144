import { experiment } from '../experiment.ts';
import { shown } from '../turn-facts.ts';
import { SURFACE_ID, type WarmingLook } from './warming-look.ts';
import { WarmingWatch } from './warming-watch.ts';

interface Seen {
  readonly acting: readonly WarmingLook[];
  readonly beside: readonly WarmingLook[];
  readonly elsewhere: readonly WarmingLook[];
  readonly gone: readonly WarmingLook[];
}

const INTERVALS = [100, 200, 300];

/** Who is told of a change, and who is not. */
export const neighbours = experiment<Seen>({
  name: 'warming-neighbours',
  needsModel: false,
  observe: async (session) => {
    const [here, there] = [session.conversation(), session.conversation()];
    const open = (id: string) => WarmingWatch.open(session, id);
    const [acting, beside, elsewhere, gone] = [
      await open(here),
      await open(here),
      await open(there),
      await open(here),
    ];
    const leave = { type: 'unsubscribe', surfaceId: SURFACE_ID, conversationId: here };
    gone.socket.send({ ...leave, id: gone.socket.nextId() });
    await gone.socket.settle();
    for (const seconds of INTERVALS) await acting.invoke('set-interval', seconds);
    const others = [beside, elsewhere, gone];
    const last = ({ seconds }: WarmingLook): boolean => seconds === INTERVALS.at(-1);
    await beside.until(last);
    for (const { socket } of others) await socket.settle();
    const told = ({ looks }: WarmingWatch) => looks.filter(({ kind }) => kind === 'update');
    return { acting: told(acting), beside: told(beside), elsewhere: told(elsewhere), gone: told(gone) };
  },
  rows: [
    {
      id: 'U3-1',
      says: 'A change reaches all who are subscribed to it in that conversation, in order.',
      judge: ({ acting, beside }) => {
        const [one, other] = [acting, beside].map((looks) => shown(looks.map(({ seconds }) => seconds)));
        const expected = shown(INTERVALS);
        return one === expected && other === expected
          ? undefined
          : `who changed it saw ${one}, who is beside saw ${other}`;
      },
    },
    {
      id: 'U3-2',
      says: 'A change in one conversation reaches nobody who is subscribed to another.',
      judge: ({ elsewhere }) =>
        elsewhere.length === 0
          ? undefined
          : `${elsewhere.length} updates came, of ${shown(elsewhere[0]?.conversationId ?? 'no conversation')}`,
    },
    {
      id: 'U3-3',
      says: 'Behind unsubscribe no update comes any more.',
      judge: ({ gone }) => (gone.length === 0 ? undefined : `${gone.length} updates came`),
    },
  ],
});
