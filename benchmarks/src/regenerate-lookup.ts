import {
  createDataDirectory,
  type DispatchProcesses,
  eventually,
  request,
  startDispatch,
} from '@dispatch/tests-processes';
import { type Benchmark, median, ms } from './figures.ts';
import { fillDatabase } from './fill-database.ts';

const FEW = 10;
const MANY = 100_000;
const QUICK_MANY = 10_000;
const PAIRS = 200;
const QUICK_PAIRS = 40;
const WARM_UP = 20;
const TARGET = 1.25;

const idOf = (index: number): string => `filled-${index}`;
const turnIdOf = (index: number): string => `trn_${String(index).padStart(26, '0')}`;

/** From asking for a message once more to the answer with its ids, in a database of a hundred thousand conversations beside one of ten. */
export const regenerateLookup: Benchmark = {
  name: 'regenerate-lookup',
  run: async ({ quick, tell }) => {
    const [small, large] = [createDataDirectory(), createDataDirectory()];
    const size = quick ? QUICK_MANY : MANY;
    await fill(small.path, FEW);
    await fill(large.path, size);
    const few = await startDispatch({ dataDir: small.path });
    const many = await startDispatch({ dataDir: large.path });
    try {
      const times = { few: [] as number[], many: [] as number[] };
      const pairs = quick ? QUICK_PAIRS : PAIRS;
      for (let pair = 0; pair < WARM_UP + pairs; pair += 1) {
        // The same ones in both, so that each has as many versions there as here.
        const ofFew = await timed(few, pair % FEW);
        const ofMany = await timed(many, pair % FEW);
        if (pair < WARM_UP) continue;
        times.few.push(ofFew);
        times.many.push(ofMany);
      }
      const ratio = median(times.many) / median(times.few);
      tell(`${pairs} pairs; ${ms(median(times.few))} and ${ms(median(times.many))}`);
      return [
        {
          name: `a regenerate among ${size.toLocaleString('en-GB')} conversations`,
          reached: `${ratio.toFixed(2)} × the same among ${FEW}`,
          target: `≤ ${TARGET} ×`,
          beside: ms(median(times.few)),
          holds: ratio <= TARGET,
        },
      ];
    } finally {
      await Promise.all([few.stop(), many.stop()]);
      small.remove();
      large.remove();
    }
  },
};

function fill(dataDir: string, conversations: number): Promise<void> {
  return fillDatabase(dataDir, (filling) => {
    for (let index = 0; index < conversations; index += 1) {
      const [id, turnId] = [idOf(index), turnIdOf(index)];
      filling.conversation(id);
      filling.turn(id, turnId, 1, null);
      filling.chunk(id, turnId, 1, 'user', 'Say a word. words: 1');
      filling.chunk(id, turnId, 2, 'assistant', 'Word.');
      filling.heads(id, 2, 1);
    }
  });
}

async function timed({ httpUrl }: DispatchProcesses, index: number): Promise<number> {
  const conversation = `/conversations/${idOf(index)}`;
  const body = { turnId: turnIdOf(index), model: 'demo/fast' };
  const began = performance.now();
  const { status } = await request(httpUrl, 'POST', `${conversation}/regenerate`, body);
  const took = performance.now() - began;
  if (status !== 202) throw new Error(`a regenerate answered ${status}`);
  await eventually(
    'the turn is over',
    async () => (await request(httpUrl, 'GET', `${conversation}/status`)).body.turnId === null,
  );
  return took;
}
