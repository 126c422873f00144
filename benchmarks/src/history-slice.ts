import { createDataDirectory, request, startDispatch } from '@dispatch/tests-processes';
import { type Benchmark, median, ms } from './figures.ts';
import { fillHistory } from './fill-history.ts';

const SMALL = 1_000;
const LARGE = 1_000_000;
const QUICK_LARGE = 100_000;
const SLICE = 50;
const PAIRS = 600;
const WARM_UP = 60;
const TARGET = 1.25;

/** The newest fifty chunks of a conversation out of a million-chunk database, beside the same out of one of a thousand. */
export const historySlice: Benchmark = {
  name: 'history-slice',
  run: async ({ quick, tell }) => {
    const [small, large] = [createDataDirectory(), createDataDirectory()];
    const size = quick ? QUICK_LARGE : LARGE;
    await fillHistory(small.path, SMALL);
    await fillHistory(large.path, size);
    const few = await startDispatch({ dataDir: small.path });
    const many = await startDispatch({ dataDir: large.path });
    try {
      const times = { few: [] as number[], many: [] as number[] };
      for (let pair = 0; pair < WARM_UP + PAIRS; pair += 1) {
        const last = pair % 2 === 0;
        const path = `/conversations/filled?${last ? '' : `beforeSeq=${Math.floor(SMALL / 2) + pair}&`}limit=${SLICE}`;
        const ofFew = await timed(few.httpUrl, path);
        const ofMany = await timed(many.httpUrl, path);
        if (pair < WARM_UP) continue;
        times.few.push(ofFew);
        times.many.push(ofMany);
      }
      const ratio = median(times.many) / median(times.few);
      tell(`${PAIRS} pairs; ${ms(median(times.few))} and ${ms(median(times.many))}`);
      return [
        {
          name: `a slice of ${SLICE} out of ${size.toLocaleString('en-GB')} chunks`,
          reached: `${ratio.toFixed(2)} × the same out of ${SMALL.toLocaleString('en-GB')}`,
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

async function timed(url: string, path: string): Promise<number> {
  const began = performance.now();
  const { status, body } = await request(url, 'GET', path);
  const took = performance.now() - began;
  if (status !== 200 || body.chunks.length !== SLICE || body.damaged !== undefined) {
    throw new Error(`${path} answered ${status} with ${body.chunks?.length} chunks`);
  }
  return took;
}
