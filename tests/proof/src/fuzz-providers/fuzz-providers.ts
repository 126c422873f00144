import type { ModelFormat } from '@dispatch/testkit';
import type { Attack, Harness } from '../harness.ts';
import { createRandom, type Random } from '../random.ts';
import { type Answered, type FedModels, openFedModels } from './ask-model.ts';
import { corpus } from './corpus.ts';
import { type Damage, damaged, damageKinds } from './damage.ts';
import { chosenPieces, type Delivered, type Delivery, delivered } from './delivered.ts';
import { brokenPromises, essence } from './judge-answer.ts';
import { seedStreams } from './seed-streams.ts';

const SHORT_INPUTS = 3_000;
const LONG_INPUTS = 200_000;
/** Inputs at once; more would only wait for each other. */
const WIDTH = 8;
/** Silence a reader of these answers bears. */
const IDLE_MS = 30;

const ANSWER: Delivery = { pieces: [], ending: 'end', status: 200, contentType: 'text/event-stream' };

/** Recorded answers, damaged in every way and cut anywhere, through the parsers of both providers. */
export const fuzzProviders: Harness = {
  name: 'fuzz-providers',
  proves: ['T6', 'T12', 'L1', 'L4'],
  plantedBugs: [
    {
      mistake: 'characters that are split between two pieces are lost',
      file: 'packages/extension-api/src/answer/watch-answer.ts',
      find: 'decoder.decode(bytes, { stream: true })',
      replace: 'decoder.decode(bytes)',
    },
    {
      mistake: 'the connection of an answer that begins with an error is kept',
      file: 'extensions/provider-anthropic/src/anthropic-model.ts',
      find: '        watch.close();\n',
      replace: '',
    },
    {
      mistake: 'parts come behind an error',
      file: 'packages/extension-api/src/answer/guard-answer.ts',
      find: "          if (part.type === 'error') return end({ type: 'error', error: causeOf(part.error, watch) });\n",
      replace:
        "          if (part.type === 'error') return controller.enqueue({ type: 'error', error: causeOf(part.error, watch) });\n",
    },
    {
      mistake: 'paths of the provider are told',
      file: 'packages/extension-api/src/failure/plain-message.ts',
      find: "    .replace(PATHS, '…')\n",
      replace: '    .replace(PATHS, (path) => path)\n',
    },
  ],
  async run(attack) {
    const inputs = attack.long ? LONG_INPUTS : SHORT_INPUTS;
    attack.floor('known findings', corpus.length);
    attack.floor('inputs', inputs);
    attack.floor('damaged inputs', inputs / 2);
    attack.floor('finished answers', inputs / 20);
    attack.floor('failed answers', inputs / 4);
    attack.floor('silent answers', inputs / 200);
    const stray = (error: unknown) => attack.violation(`L4: outside of any answer: ${String(error)}`);
    process.on('unhandledRejection', stray);
    process.on('uncaughtException', stray);
    const models = await openFedModels();
    try {
      await replayCorpus(models, attack);
      await asRecorded(models, attack);
      let left = inputs;
      const worker = async () => {
        while (left > 0) {
          left -= 1;
          await attackOnce(models, attack);
        }
      };
      await Promise.all(Array.from({ length: WIDTH }, worker));
    } finally {
      models.close();
      process.off('unhandledRejection', stray);
      process.off('uncaughtException', stray);
    }
  },
};

/** Whoever looks at an answer as it was recorded must find it as it was, however it was cut on its way. */
async function asRecorded(models: FedModels, { random, violation }: Attack): Promise<void> {
  for (const { name, format, bytes, text, whole } of seedStreams) {
    for (let time = 0; time < 20; time += 1) {
      const pieces = time === 0 ? [] : chosenPieces(bytes.length, random);
      const answered = await models.ask(format, delivered(bytes, { ...ANSWER, pieces }));
      const said = textOf(answered);
      if (said !== text) violation(`T12: ${format}, ${name} says "${said}"`);
      const last = answered.parts.at(-1)?.type ?? 'rejected';
      if ((last === 'finish') !== whole) violation(`T12: ${format}, ${name} ends with ${last}`);
    }
  }
}

async function replayCorpus(models: FedModels, { violation, count }: Attack): Promise<void> {
  for (const { what, format, body, text, ends, code } of corpus) {
    const input = { format, bytes: Buffer.from(body), delivery: ANSWER };
    const { answered, broken } = await play(models, input, []);
    const last = answered.parts.at(-1)?.type ?? 'rejected';
    if (last !== ends || answered.failure?.code !== code || textOf(answered) !== text) {
      violation(`T12: ${format}, ${what}: "${textOf(answered)}", ${last} ${answered.failure?.code ?? ''}`);
    }
    for (const line of broken) violation(`${line} (${format}, ${what})`);
    count('known findings');
  }
}

function textOf({ parts }: Answered): string {
  return parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join('');
}

/** One input, told completely by its seed. */
async function attackOnce(models: FedModels, { random, count, violation }: Attack): Promise<void> {
  const own = createRandom(random.integer(0, 2 ** 31));
  const { name, format, bytes } = own.pick(seedStreams);
  const damages = Array.from({ length: own.chance(0.1) ? 0 : own.integer(1, 4) }, () => ({
    kind: own.pick(damageKinds),
    seed: own.integer(0, 2 ** 31),
  }));
  const delivery = chosenDelivery(own);
  const broken = await breaks(
    models,
    { format, bytes: damaged(bytes, damages, createRandom), delivery },
    own,
    count,
  );
  count('inputs');
  if (damages.length > 0) count('damaged inputs');
  if (broken.length === 0) return;
  const fewer = await smaller(damages, async (kept) => {
    const again = { format, bytes: damaged(bytes, kept, createRandom), delivery };
    return (await breaks(models, again, createRandom(own.seed), () => undefined)).length > 0;
  });
  const told = damaged(bytes, fewer, createRandom).toString('latin1');
  violation(
    `${broken[0]} (${format}, ${name}, ${fewer.map(({ kind }) => kind).join(' ')}, ${JSON.stringify(delivery)}: ${JSON.stringify(told.slice(0, 300))})`,
  );
}

interface Case {
  readonly format: ModelFormat;
  readonly bytes: Buffer;
  readonly delivery: Delivery;
}

/** Plays an input twice, cut in two ways, and tells what was broken. */
async function breaks(
  models: FedModels,
  input: Case,
  random: Random,
  count: Attack['count'],
): Promise<readonly string[]> {
  const first = await play(models, input, chosenPieces(input.bytes.length, random));
  const last = first.answered.parts.at(-1)?.type;
  count(last === 'finish' ? 'finished answers' : 'failed answers');
  if (input.delivery.ending === 'hang') {
    count('silent answers');
    return first.broken;
  }
  const second = await play(models, input, chosenPieces(input.bytes.length, random));
  const same = essence(first.answered) === essence(second.answered);
  return [...first.broken, ...second.broken, ...(same ? [] : ['T12: it depends on how the bytes are cut'])];
}

async function play(models: FedModels, { format, bytes, delivery }: Case, pieces: readonly number[]) {
  const answer = delivered(bytes, { ...delivery, pieces });
  const impatient = new AbortController();
  const reason = new Error('nobody waits any longer');
  const timer = delivery.ending === 'hang' ? setTimeout(() => impatient.abort(reason), IDLE_MS) : undefined;
  const answered = await models.ask(format, answer, impatient.signal);
  clearTimeout(timer);
  const aborted = impatient.signal.aborted ? reason : undefined;
  const broken = [...brokenPromises({ format, bytes, aborted }, answered)];
  if (delivery.ending !== 'hang' && !(await released(answer)))
    broken.push('L3: the connection is held for ever');
  return { answered, broken };
}

/** A whole answer lets its connection come to its own end, which takes a moment. */
async function released(answer: Delivered): Promise<boolean> {
  for (let wait = 0; wait < 200; wait += 1) {
    if (answer.isReleased()) return true;
    await new Promise((resolve) => (wait < 50 ? setImmediate(resolve) : setTimeout(resolve, 10)));
  }
  return false;
}

function chosenDelivery(random: Random): Delivery {
  const odd = random.chance(0.1);
  return {
    pieces: [],
    ending: random.pick([
      'end',
      'end',
      'end',
      'end',
      'end',
      'break',
      'break',
      'break',
      ...(random.chance(0.1) ? (['hang'] as const) : (['end'] as const)),
    ]),
    status: odd ? random.pick([200, 201, 204, 304, 307, 400, 401, 404, 413, 429, 500, 529]) : 200,
    contentType: odd
      ? random.pick([
          undefined,
          'text/plain',
          'application/json',
          'text/html',
          'text/event-stream; charset=utf-8',
        ])
      : 'text/event-stream',
  };
}

/** Leaves out damages one by one as long as the finding stays. */
async function smaller(
  all: readonly Damage[],
  stays: (kept: readonly Damage[]) => Promise<boolean>,
): Promise<readonly Damage[]> {
  let kept = all;
  for (const one of all) {
    const without = kept.filter((damage) => damage !== one);
    if (await stays(without)) kept = without;
  }
  return kept;
}
