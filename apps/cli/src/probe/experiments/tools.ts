import { experiment, notApplicable } from '../experiment.ts';
import { toolMessage } from '../messages.ts';
import type { ProbeEvent } from '../probe-socket.ts';
import { eventsOf, kindsOf, shown } from '../turn-facts.ts';

interface Seen {
  readonly events: readonly ProbeEvent[];
}

/** A turn in which a model calls tools, if it will. */
export const tools = experiment<Seen>({
  name: 'tools',
  needsModel: true,
  observe: async (session) => {
    const conversationId = session.conversation();
    const socket = await session.open();
    socket.send({ type: 'chat.send', conversationId, message: toolMessage(), model: session.models.tools });
    await socket.sealed(conversationId);
    return { events: eventsOf(socket.deltas(conversationId)) };
  },
  rows: [
    {
      id: 'C.3-4',
      says: "A step's tool-results come behind its step-complete, one for each tool-call, in the order of the calls.",
      judge: ({ events }) => {
        const calls = events.filter(({ type }) => type === 'tool-call');
        if (calls.length === 0) return notApplicable('the model called no tool');
        for (const step of new Set(calls.map((call) => call['stepId']))) {
          const ofStep = (type: string): readonly ProbeEvent[] =>
            events.filter((event) => event.type === type && event['stepId'] === step);
          const ids = (type: string): string => shown(ofStep(type).map((event) => event['toolCallId']));
          if (ids('tool-call') !== ids('tool-result')) {
            return `calls ${ids('tool-call')}, results ${ids('tool-result')}`;
          }
          const [end] = ofStep('step-complete');
          const [first] = ofStep('tool-result');
          if (end === undefined || first === undefined || events.indexOf(first) < events.indexOf(end)) {
            return `it came as ${kindsOf(events)}`;
          }
        }
        return undefined;
      },
    },
    {
      id: 'C.3-14',
      says: 'Behind tool-results the model is asked again: a further step ends the turn.',
      judge: ({ events }) => {
        if (!events.some(({ type }) => type === 'tool-result')) return notApplicable('no tool was called');
        const last = events.map(({ type }) => type).lastIndexOf('tool-result');
        const goesOn = events.slice(last).some(({ type }) => type === 'step-complete');
        return goesOn ? undefined : `it came as ${kindsOf(events)}`;
      },
    },
  ],
});
