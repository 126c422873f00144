import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  callTool,
  type RecordedRequest,
  reply,
  type ScriptedModelServer,
  say,
  startScriptedModelServer,
} from '@dispatch/testkit';
import { appEntry, freePort, type ManagedProcess, startProcess } from '@dispatch/tests-processes';

/** How long a process may take to start, or to end by itself. Generous: the machine may be loaded. */
const PATIENCE_MS = 30_000;

/** How a start of the kernel went. */
export type Start =
  | { readonly kind: 'ready'; readonly kernel: ManagedProcess }
  /** It ended before it was ready. */
  | { readonly kind: 'ended'; readonly code: number | null; readonly output: string }
  | { readonly kind: 'hung'; readonly output: string };

/** One place where a kernel is started again and again over another data directory, behind one gateway, before one model provider. */
export interface Lane {
  readonly dataDir: string;
  readonly httpUrl: string;
  readonly wsUrl: string;
  readonly provider: ScriptedModelServer;
  readonly gateway: ManagedProcess;
  /** Makes the data directory a copy of another one. No kernel may be running. */
  place(original: string): void;
  startKernel(): Promise<Start>;
  /** Resolves when the gateway has reached the kernel; false: it did not. */
  isReached(): Promise<boolean>;
  /** Ends the gateway that runs and starts another one. */
  renewGateway(): Promise<void>;
  stop(): Promise<void>;
}

export async function openLane(): Promise<Lane> {
  const root = mkdtempSync(join(tmpdir(), 'dispatch-damage-'));
  const dataDir = join(root, 'data');
  const provider = await startScriptedModelServer();
  provider.always('plain', (asked) => reply(say(answerTo(asked), { words: true })));
  provider.always('slow', reply(say(words(2_000), { words: true, everyMs: 15 })));
  provider.always('tools', (asked) =>
    lastOf(asked).role === 'tool'
      ? reply(say(answerTo(asked), { words: true }))
      : reply(say('Let me look. '), callTool('current-time', { timeZone: 'Europe/Berlin' })),
  );
  const httpPort = await freePort();
  const wsPort = await freePort();
  const env = {
    DISPATCH_DATA_DIR: dataDir,
    DISPATCH_HTTP_PORT: String(httpPort),
    DISPATCH_WS_PORT: String(wsPort),
    DISPATCH_DEFAULT_MODEL: 'openai/plain',
    OPENAI_API_KEY: 'key',
    OPENAI_BASE_URL: provider.openaiUrl,
  };
  const httpUrl = `http://127.0.0.1:${httpPort}`;
  let gateway = startProcess(appEntry('gateway'), [], env);
  let kernel: ManagedProcess | undefined;
  const lane: Lane = {
    dataDir,
    httpUrl,
    wsUrl: `ws://127.0.0.1:${wsPort}`,
    provider,
    get gateway() {
      return gateway;
    },
    place(original) {
      rmSync(dataDir, { recursive: true, force: true });
      cpSync(original, dataDir, { recursive: true, filter: (path) => !/\.(sock|secret)$/.test(path) });
    },
    async startKernel() {
      kernel = startProcess(appEntry('kernel'), [], env);
      const { ready, exited, output } = kernel;
      const started = kernel;
      const outcome = await Promise.race([
        ready.then(() => ({ kind: 'ready' as const, kernel: started })).catch(() => undefined),
        exited.then(({ code }) => ({ kind: 'ended' as const, code, output: output() })),
        after(PATIENCE_MS).then(() => ({ kind: 'hung' as const, output: output() })),
      ]);
      return outcome ?? { kind: 'ended', code: (await exited).code, output: output() };
    },
    async isReached() {
      for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await after(5)) {
        const answer = await fetch(`${httpUrl}/version`).catch(() => undefined);
        const { bootId } = answer?.ok
          ? ((await answer.json()) as { bootId: string | null })
          : { bootId: null };
        if (bootId === null || kernel?.output().includes(bootId) !== true) continue;
        // What the gateway remembers is of the directory before, and a new one that is shorter sends its sockets away: an answer comes behind that.
        await fetch(`${httpUrl}/me`).catch(() => undefined);
        return true;
      }
      return false;
    },
    async renewGateway() {
      await gateway.kill();
      gateway = startProcess(appEntry('gateway'), [], env);
      await gateway.ready;
    },
    async stop() {
      await Promise.all([kernel?.kill(), gateway.kill()]);
      await provider.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  await gateway.ready;
  return lane;
}

export const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface PromptMessage {
  readonly role: string;
  readonly content: unknown;
}

/** The messages of a request, as the provider saw them. */
export function messagesOf(asked: RecordedRequest): readonly PromptMessage[] {
  return (asked.body as { messages?: readonly PromptMessage[] } | undefined)?.messages ?? [];
}

function lastOf(asked: RecordedRequest): PromptMessage {
  return messagesOf(asked).at(-1) ?? { role: '', content: '' };
}

/** Long ones reach into overflow pages. */
function answerTo(asked: RecordedRequest): string {
  const said = JSON.stringify(lastOf(asked).content);
  return `I heard ${said}. ${words(said.includes('long') ? 1_500 : 30)}`;
}

function words(count: number): string {
  return Array.from({ length: count }, (_, index) => `word${(index * 7919) % 1_000}`).join(' ');
}
