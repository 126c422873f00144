import { request as ask } from '@dispatch/tests-processes';
import { createCoverage } from '../fuzz/coverage.ts';
import { readAnswers } from '../fuzz/http-answers.ts';
import { inLanes } from '../fuzz/in-lanes.ts';
import { openRaw, writeIfOpen } from '../fuzz/raw-connection.ts';
import { faultOfErrorBody } from '../fuzz/refusals.ts';
import type { Attack } from '../harness.ts';
import { ODD_FRAMING } from './odd-framing.ts';
import type { RawCase } from './raw-case.ts';
import { SMUGGLING } from './smuggling.ts';

/** Every way of sending bytes that are not quite HTTP, by name. */
const RAW = { ...SMUGGLING, ...ODD_FRAMING };
const LANES = 6;
const ANSWER_MS = 10_000;
/** A second answer that must not come would come with the first or right behind it. */
const SECOND_MS = 15;
const SLOW_BODIES = 20;
const REQUEST_MS = 60_000;

/** Sends bytes that are not quite HTTP: answered in the contract's words or cut, and what hides in them is never carried out. */
export async function fuzzRaw(
  port: number,
  isAlive: () => boolean,
  attack: Attack,
  cases: number,
): Promise<void> {
  const { random, count } = attack;
  const names = Object.keys(RAW);
  const coverage = createCoverage();
  await inLanes(
    LANES,
    cases,
    () => !isAlive(),
    async (index) => {
      const name = names[index % names.length] ?? '';
      const id = `hidden-${index}`;
      const host = `127.0.0.1:${port}`;
      const body = '{"title":"smuggled"}';
      const hidden = `PUT /conversations/${id}/title HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      const made = RAW[name]?.({ random, host, hidden });
      if (made !== undefined) await sendRaw(port, name, made, attack);
      coverage.hit(name);
      count('raw requests');
      if (!isAlive()) return;
      const status = await ask(`http://${host}`, 'GET', `/conversations/${id}/title`);
      if (status.body.title !== null) attack.violation(`S-24: what hid in "${name}" was carried out`);
    },
  );
  coverage.check(names, Math.floor(cases / names.length), attack);
}

async function sendRaw(
  port: number,
  name: string,
  made: RawCase,
  { random, violation }: Attack,
): Promise<void> {
  const connection = await openRaw({ port, host: '127.0.0.1' });
  const { socket } = connection;
  const cut = random.chance(0.5) ? random.integer(0, made.bytes.length) : made.bytes.length;
  writeIfOpen(socket, made.bytes.subarray(0, cut));
  writeIfOpen(socket, made.bytes.subarray(cut));
  const read = () => readAnswers(connection.received(), [], socket.closed);
  const finals = () => read().answers.filter(({ status }) => status >= 200);
  await connection.until(
    () => finals().length >= Math.max(1, made.answers) || read().isBroken,
    made.answers > 1 ? 300 : ANSWER_MS,
  );
  if (finals().length === 1) await connection.until(() => finals().length > made.answers, SECOND_MS);
  const answers = finals();
  const shown = `"${name}": ${JSON.stringify(made.bytes.subarray(0, 160).toString('latin1'))}`;
  if (read().isBroken) violation(`S-25: the answer to ${shown} is no HTTP`);
  if (answers.length === 0 && !(made.mayCut && socket.closed) && made.answers === 1) {
    violation(`L4: no answer to ${shown}`);
  }
  if (answers.length > made.answers) violation(`S-24: ${answers.length} answers to ${shown}`);
  for (const [at, { status, headers, body }] of answers.entries()) {
    if (at === 0 && !made.first.includes(status)) violation(`S-24: ${status} is the answer to ${shown}`);
    if (status < 400) continue;
    const fault = faultOfErrorBody(status, body.toString('utf8'), headers['x-request-id']);
    if (fault !== undefined) violation(`S-25: ${fault}: ${status} to ${shown}`);
  }
  if (name === 'many at once' && !answers.every(({ body }, at) => body.includes(`"p${at}"`))) {
    violation('S-24: answers are not in the order of their requests');
  }
  socket.destroy();
}

/** Bodies that never come to their end. In the long setting each is seen to be cut in time; in the short one they only lie there. */
export async function slowBodies(port: number, isOver: () => boolean, attack: Attack): Promise<void> {
  const { long, count, violation } = attack;
  await Promise.all(
    Array.from({ length: SLOW_BODIES }, async () => {
      const connection = await openRaw({ port, host: '127.0.0.1' });
      connection.socket.write(
        `POST /chat HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 100000\r\n\r\n{`,
      );
      const drip = setInterval(() => writeIfOpen(connection.socket, 'x'), 500);
      count('slow bodies');
      if (long) {
        if (!(await connection.closedWithin(REQUEST_MS + 30_000)))
          violation('S-24: a body that never ends is still awaited');
        if (!/^HTTP\/1\.1 408 /.test(connection.received().toString('latin1')))
          violation('S-24: a slow body was not told 408');
      } else {
        while (!isOver() && !connection.socket.closed)
          await new Promise((resolve) => setTimeout(resolve, 100));
      }
      clearInterval(drip);
      connection.socket.destroy();
    }),
  );
}
