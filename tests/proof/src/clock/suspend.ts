import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type DispatchProcesses, openSocket, request } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';
import { type Observations, violations } from '../kill/observations.ts';

/** Longer than the silence a model is allowed in this harness. */
export const SUSPENDED_MS = 4_000;
const CLIENT_MS = 40_000;

/** Kernel, gateway and a client are stopped for some seconds, in the middle of a turn. Nothing may come of it but a pause. */
export async function suspendEach(
  dispatch: DispatchProcesses,
  model: string,
  { count, violation }: Attack,
): Promise<void> {
  const client = watchFromAnotherProcess(dispatch.wsUrl);
  try {
    await client.talking;
    for (const part of ['kernel', 'gateway'] as const) {
      const open = await openSocket(dispatch.wsUrl);
      const conversationId = `suspend-${part}-${crypto.randomUUID()}`;
      open.send({ type: 'chat.send', id: 'send', conversationId, message: 'Slowly, please.', model });
      await open.frame('the first words', () => open.events().some(({ type }) => type === 'text-delta'));
      const pids = part === 'gateway' ? [client.pid, dispatch.gateway.pid] : [dispatch.kernel.pid];
      await Promise.all(pids.map((pid) => suspend(pid, SUSPENDED_MS)));
      count('suspended processes', pids.length);
      await open.sealed(undefined, 20_000);
      const events = open.events();
      const reason = events.find(({ type }) => type === 'done')?.['reason'];
      const { socket } = open;
      if (reason !== 'stop')
        violation(`T14: a turn ended with ${String(reason)} since the ${part} stood still`);
      if (events.some(({ n }, index) => n !== index)) violation(`R1: a gap after the ${part} stood still`);
      if (socket.readyState !== 1) violation(`R5: a socket was closed since the ${part} stood still`);
      open.close();
    }
    const { conversationId, ...observed } = await client.finished;
    const path = `/conversations/${conversationId}`;
    const log = await request(dispatch.httpUrl, 'GET', path);
    const metrics = await request(dispatch.httpUrl, 'GET', `${path}/metrics`);
    for (const line of violations(observed, log.body.chunks, metrics.body.turns)) violation(line);
    if (observed.seen.size === 0) violation('R1: the client that was stopped saw nothing');
  } finally {
    client.kill();
  }
}

async function suspend(pid: number, ms: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, ms));
  process.kill(pid, 'SIGCONT');
}

/** A client that talks for longer than kernel and gateway are stopped. */
function watchFromAnotherProcess(wsUrl: string) {
  const entry = fileURLToPath(new URL('./suspended-client.ts', import.meta.url));
  const args = ['--conditions=@dispatch/source', '--import', 'tsx', entry, wsUrl, 'Stop and go', '4'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  let isTalking = () => {};
  const talking = new Promise<void>((resolve) => {
    isTalking = resolve;
  });
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString('utf8');
    if (output.includes('\n')) isTalking();
  });
  const finished = new Promise<Observations & { readonly conversationId: string }>((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new Error(`R1: the client is not done after ${CLIENT_MS} ms`)),
      CLIENT_MS,
    );
    child.once('exit', () => {
      clearTimeout(limit);
      const line = output.trimEnd().split('\n')[1];
      if (line === undefined) return reject(new Error('the client ended without a word'));
      const { conversationId, acknowledged, seen, contradictions } = JSON.parse(line);
      resolve({ conversationId, acknowledged: new Map(acknowledged), seen: new Map(seen), contradictions });
    });
  });
  finished.catch(() => undefined);
  return { pid: child.pid ?? -1, talking, finished, kill: () => void child.kill('SIGKILL') };
}
