import { request, startDispatch } from '@dispatch/tests-processes';
import type { Harness } from '../harness.ts';
import { createRandom } from '../random.ts';
import { chatter, createChanger } from './changer.ts';
import { judgeStream } from './judge-stream.ts';
import { readStoredStream } from './stored-stream.ts';
import { createTab } from './tab.ts';

const TABS = 6;
const OWNER = 'usr_owner';
const SHORT_KILLS = 16;
const LONG_KILLS = 500;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** kill -9 of kernel and gateway at random instants, while six tabs of one person come and go and write down what they are told. */
export const userStream: Harness = {
  name: 'user-stream',
  proves: ['E1', 'E11', 'R1', 'R3', 'D3'],
  plantedBugs: [
    {
      mistake: 'what one tab missed is given to all of them again',
      file: 'apps/gateway/src/user/user-seat.ts',
      find: '    if (this.at !== seq - 1) return;\n',
      replace: '',
    },
    {
      mistake: 'a change of a setting is told to nobody',
      file: 'apps/kernel/src/api/change-conversation.ts',
      find: 'after === undefined ? [] : conversationEvents(row, after);',
      replace: 'after === undefined ? [] : conversationEvents(row, after).slice(1);',
    },
  ],
  async run({ long, random, count, floor, violation }) {
    const kills = long ? LONG_KILLS : SHORT_KILLS;
    floor('kernel kills', kills / 2);
    floor('gateway kills', kills / 4);
    floor('acknowledged changes', kills * 4);
    floor('resumes', kills * TABS);
    floor('events told', kills * TABS * 6);
    const dispatch = await startDispatch();
    try {
      await request(dispatch.httpUrl, 'PUT', '/conversations/first/title', { title: 'The first' });
      let isOver = false;
      let head: number | undefined;
      const tabs = Array.from({ length: TABS }, (_, index) =>
        createTab(`tab ${index}`, dispatch.wsUrl, createRandom(random.integer(0, 2 ** 30))),
      );
      const living = Promise.all(tabs.map((tab) => tab.live(() => head)));
      while (tabs.some(({ record }) => record.epoch === '')) await pause(10);
      const changers = ['one', 'two'].map((name) =>
        createChanger(dispatch.httpUrl, name, createRandom(random.integer(0, 2 ** 30))),
      );
      const changing = Promise.all([
        ...changers.map((changer) => changer.change(() => isOver)),
        chatter(dispatch.httpUrl, () => isOver).then((sent) => count('messages', sent)),
      ]);
      for (let kill = 0; kill < kills; kill += 1) {
        await pause(random.integer(150, 900));
        if (kill % 3 === 2) {
          await dispatch.gateway.kill();
          await dispatch.startGateway();
          count('gateway kills');
        } else {
          await dispatch.kernel.kill();
          await dispatch.startKernel();
          count('kernel kills');
        }
      }
      isOver = true;
      await changing;
      await settled(dispatch.dataDir);
      const stored = readStoredStream(dispatch.dataDir, OWNER);
      head = stored.at(-1)?.seq ?? 0;
      const arrived = await living;
      const acknowledged = changers.flatMap((changer) => changer.acknowledged);
      count('acknowledged changes', acknowledged.length);
      tabs.forEach(({ record }, index) => {
        count('resumes', record.resumes);
        count('events told', record.told.length);
        for (const line of judgeStream(`tab ${index}`, record, stored, acknowledged)) violation(line);
        if (arrived[index] === false) violation(`E1: tab ${index} never had everything`);
      });
    } finally {
      await dispatch.stop();
    }
  },
};

/** Resolves when nothing is told any more: running turns are sealed. */
async function settled(dataDir: string): Promise<void> {
  for (let before = -1; ; await pause(500)) {
    const now = readStoredStream(dataDir, OWNER).length;
    if (now === before) return;
    before = now;
  }
}
