/** A client in a process of its own, so that it can be stopped like a laptop that is closed. Prints what it saw when its turns are over. */
import { createTalker } from '../kill/talker.ts';

const [wsUrl = '', conversation = '', turns = '1'] = process.argv.slice(2);
let left = Number(turns);
const talker = createTalker(
  wsUrl,
  (index) => {
    left -= 1;
    return `${conversation}, part ${index}. words: 60`;
  },
  'demo/writer',
);
process.stdout.write('talking\n');
await talker.talk(() => left <= 0);
const { acknowledged, seen, contradictions } = talker.observed;
process.stdout.write(
  `${JSON.stringify({
    conversationId: talker.conversationId,
    acknowledged: [...acknowledged],
    seen: [...seen],
    contradictions,
  })}\n`,
);
process.exit(0);
