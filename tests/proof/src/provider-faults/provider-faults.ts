import { startScriptedModelServer } from '@dispatch/testkit';
import type { Attack, Harness } from '../harness.ts';
import { cutCases } from './cut-cases.ts';
import { failingCases, RETRY_AFTER_CAP_MS } from './failing-cases.ts';
import type { FaultCase } from './fault-case.ts';
import { FLOOD_CHARACTERS, floodCases } from './flood-cases.ts';
import { hangingCases, IMPATIENCE, stoppedCases } from './hanging-cases.ts';
import { type Installation, startInstallation } from './installation.ts';
import { brokenPromises } from './judge-turn.ts';
import { oddBytesCases } from './odd-bytes-cases.ts';
import { residentMib, watchMemory } from './resident-memory.ts';
import { type Suffered, suffer } from './suffer.ts';
import { TOOL_CALLS, toolCases } from './tool-cases.ts';
import { usageCases } from './usage-cases.ts';

const FORMATS = ['anthropic', 'openai'] as const;
/** Cases at once. */
const WIDTH = 12;
/** A stop takes effect within this, T6. The median is judged: the machine may be busy with others. */
const STOP_WITHIN_MS = 1_000;
/** MiB the kernel may grow by while providers send more than anybody can use. */
const FLOOD_MIB = 512;

/** Every failure a model provider is known for, through the real processes, with two people watching. */
export const providerFaults: Harness = {
  name: 'provider-faults',
  proves: ['T1', 'T6', 'T10', 'T11', 'T12', 'T13', 'T14', 'L1'],
  plantedBugs: [
    {
      mistake: 'a retry although text was shown',
      file: 'apps/kernel/src/turn/run-step.ts',
      find: '    if (answer.emitted) return answer;\n',
      replace: '',
    },
    {
      mistake: 'an answer that is cut off behind its finish reason passes for a whole one',
      file: 'packages/extension-api/src/answer/watch-answer.ts',
      find: 'complete ||= ending && failure === undefined;',
      replace: 'complete ||= ending;',
    },
    {
      mistake: 'an error within the stream is passed over',
      file: 'packages/extension-api/src/answer/guard-answer.ts',
      find: "          if (part.type === 'error') return end({ type: 'error', error: causeOf(part.error, watch) });\n",
      replace: "          if (part.type === 'error') continue;\n          void causeOf;\n",
    },
    {
      mistake: 'tool results are sent twice',
      file: 'apps/kernel/src/turn/run-turn.ts',
      find: '    content.push(toolResultPart({ toolCallId: promptCallId, toolName }, outcome));\n',
      replace:
        '    const result = toolResultPart({ toolCallId: promptCallId, toolName }, outcome);\n    content.push(result, result);\n',
    },
    {
      mistake: 'a stop waits for the provider',
      file: 'apps/kernel/src/turn/read-model-stream.ts',
      find: "  signal.addEventListener('abort', onStop, { once: true });\n",
      replace: '',
    },
    {
      mistake: 'an event may be of any length',
      file: 'packages/extension-api/src/answer/watch-answer.ts',
      find: 'const EVENT_LIMIT = 8 * 1024 * 1024;',
      replace: 'const EVENT_LIMIT = Number.POSITIVE_INFINITY;',
    },
  ],
  async run(attack) {
    const { floor, long } = attack;
    floor('turns', long ? 9_000 : 380);
    floor('requests', long ? 10_000 : 600);
    floor('stops', long ? 200 : 30);
    floor('floods', long ? 19 : 9);
    const server = await startScriptedModelServer();
    const installations: Installation[] = [];
    const start = async (limits: Readonly<Record<string, number>>) => {
      const installation = await startInstallation(server, limits);
      installations.push(installation);
      return installation;
    };
    try {
      const patient = await start({
        retryBaseMs: 20,
        retryAfterCapMs: RETRY_AFTER_CAP_MS,
        toolCalls: TOOL_CALLS,
      });
      const impatient = await start(IMPATIENCE);
      const table = FORMATS.flatMap((format) => [
        ...failingCases(format),
        ...oddBytesCases(format),
        ...usageCases(format),
        ...toolCases(format),
      ]);
      await Promise.all([playAll(patient, table, attack), playHanging(impatient, attack)]);
      await playAll(
        patient,
        FORMATS.flatMap((format) => chosenCuts(format, attack)),
        attack,
      );
      const flooded = await start({ retryBaseMs: 20, storedCharacters: FLOOD_CHARACTERS, idleMs: 5_000 });
      await playFloods(flooded, attack);
    } finally {
      for (const installation of installations) await installation.stop();
      await server.close();
    }
  },
};

/** The short setting cuts at some bytes only, others with each seed. */
function chosenCuts(format: 'anthropic' | 'openai', { long, random }: Attack): readonly FaultCase[] {
  return [...cutCases(format, () => long || random.chance(0.05))];
}

async function playHanging(installation: Installation, attack: Attack): Promise<void> {
  const stops = attack.long ? 20 : 3;
  const stopped = Array.from({ length: stops }, () => FORMATS.flatMap(stoppedCases)).flat();
  const [, played] = await Promise.all([
    playAll(installation, FORMATS.flatMap(hangingCases), attack, 100),
    playAll(installation, stopped, attack, 4),
  ]);
  const took = played.flatMap(({ stopMs }) => stopMs ?? []).sort((a, b) => a - b);
  const median = took[Math.floor(took.length / 2)] ?? Number.POSITIVE_INFINITY;
  attack.count('stops', took.length);
  attack.note(
    `a stop took ${median.toFixed(0)} ms (median of ${took.length}), ${took.at(-1)?.toFixed(0)} ms at most`,
  );
  if (median > STOP_WITHIN_MS)
    attack.violation(`T6: half of the stops took more than ${median.toFixed(0)} ms`);
}

/** The short setting floods in one of the formats. */
async function playFloods(installation: Installation, attack: Attack): Promise<void> {
  const { long, random } = attack;
  await playAll(installation, FORMATS.flatMap(usageCases), attack);
  const { pid } = installation.dispatch.kernel;
  const before = residentMib(pid);
  let most = { mib: before, name: 'none' };
  for (const fault of long ? FORMATS.flatMap(floodCases) : floodCases(random.pick(FORMATS))) {
    const memory = watchMemory(pid);
    await playAll(installation, [fault], attack);
    const mib = memory.stop();
    if (mib > most.mib) most = { mib, name: `${fault.format}, ${fault.name}` };
    attack.count('floods');
  }
  const told = `the kernel held ${before.toFixed(0)} MiB before the floods, ${most.mib.toFixed(0)} at most (${most.name})`;
  attack.note(told);
  if (most.mib - before > FLOOD_MIB) attack.violation(`L1: ${told}`);
}

/** Plays the cases side by side and judges each. Gives back those that came to an end. */
async function playAll(
  installation: Installation,
  cases: readonly FaultCase[],
  attack: Attack,
  width = WIDTH,
): Promise<readonly Suffered[]> {
  const { random, count, violation } = attack;
  const waiting = cases.map((fault) => ({
    fault,
    chance: {
      lateMs: random.chance(0.5) ? random.integer(0, 60) : undefined,
      nextFormat: random.pick(FORMATS),
    },
  }));
  const suffered: Suffered[] = [];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { fault, chance } = next;
      const name = `${fault.format}, ${fault.name}`;
      try {
        const seen = await suffer(installation, fault, chance);
        suffered.push(seen);
        for (const line of brokenPromises(fault, seen)) violation(`${line} (${name})`);
        count('turns');
        count('requests', seen.prompts.length);
      } catch (error) {
        violation(`T1: ${error instanceof Error ? error.message : String(error)} (${name})`);
      }
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return suffered;
}
