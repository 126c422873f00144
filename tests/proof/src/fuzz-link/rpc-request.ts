import { type RawAnswer, readAnswers } from '../fuzz/http-answers.ts';
import { openRaw, writeIfOpen } from '../fuzz/raw-connection.ts';
import { faultOfErrorBody } from '../fuzz/refusals.ts';
import type { Attack } from '../harness.ts';
import { randomParts } from './codec-inputs.ts';

/** Longest time an answer may take on a machine that is busy with other things. */
export const ANSWER_MS = 15_000;

/** What attacks on rpc.sock need to know. */
export interface RpcTarget {
  readonly path: string;
  readonly secret: string;
  isAlive(): boolean;
}

/** A request, whoever it is from. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request on a connection of its own; undefined: it was not answered. */
export async function ask(
  target: RpcTarget,
  attack: Attack,
  asked: Asked,
  inParts = true,
): Promise<RawAnswer | undefined> {
  const { method, path, headers, body = '' } = asked;
  const connection = await openRaw({ path: target.path });
  const lines = Object.entries({
    host: 'localhost',
    connection: 'close',
    ...headers,
    ...(body !== '' && { 'content-length': String(Buffer.byteLength(body)) }),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const bytes = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`, 'utf8');
  for (const part of inParts ? randomParts(bytes, attack.random) : [bytes]) {
    writeIfOpen(connection.socket, part);
  }
  const first = (): RawAnswer | undefined =>
    readAnswers(connection.received(), [method], connection.socket.closed).answers[0];
  await connection.until(() => first() !== undefined, ANSWER_MS);
  connection.socket.destroy();
  const answer = first();
  // Who is answered early and still writes meets a closed socket before the answer.
  if (answer === undefined && inParts) return ask(target, attack, asked, false);
  if (answer === undefined) attack.violation(`L4: rpc.sock leaves ${method} ${path} without an answer`);
  return answer;
}

/** The kernel's answer in the contract's shape; the id of the request is in the body alone. */
export function checkAnswer(answer: RawAnswer, asked: string, { violation }: Attack): void {
  if (answer.status < 400) return;
  const text = answer.body.toString('utf8');
  const requestId = /"requestId":"(req_[^"]*)"/.exec(text)?.[1];
  const fault = faultOfErrorBody(answer.status, text, requestId);
  if (fault !== undefined)
    violation(`S-25: rpc.sock answers ${answer.status} to ${asked.slice(0, 400)}: ${fault}`);
}
