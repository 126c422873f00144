import { openSocket, request } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';
import type { Installation } from './installation.ts';
import { Person, type PersonParts, pause } from './person.ts';
import { readSchedule } from './told-schedule.ts';

/** C2: an answered close, and at once kill -9. The turn is over and warming reads off; closed it stays until the end. */
export async function closeAndDie(
  installation: Installation,
  parts: Omit<PersonParts, 'name' | 'model' | 'intervalMs'>,
  index: number,
  attack: Attack,
): Promise<Person> {
  const { dispatch } = installation;
  const name = `closer-${index}`;
  const person = new Person({ ...parts, name, model: 'scripted/one', intervalMs: 1_000 });
  await person.begin(dispatch.dataDir);
  let closed = '';
  await person.turn('And now a long answer.', async (turnId) => {
    closed = turnId;
    await person.close();
    await installation.killKernel();
    await installation.startKernel();
    attack.count('kernel kills');
    attack.count('closes with a kill behind them');
  });
  const path = `/conversations/${name}`;
  const status = await request(dispatch.httpUrl, 'GET', `${path}/status`);
  if (status.body.status !== 'closed') attack.violation(`C2: ${name} reads as ${String(status.body.status)}`);
  const socket = await openSocket(dispatch.wsUrl);
  socket.send({ type: 'chat.subscribe', id: 'all', conversationId: name, turnId: closed, after: -1 });
  socket.send({ type: 'subscribe', surfaceId: 'cache-warming', conversationId: name });
  await socket.sealed(closed);
  const reason = socket.events(closed).find(({ type }) => type === 'done')?.['reason'];
  if (reason !== 'aborted' && reason !== 'interrupted')
    attack.violation(`C2: the turn of ${name} ended as ${String(reason)}`);
  const told = readSchedule(await socket.frame('the surface', (frame) => readSchedule(frame) !== undefined));
  if (told?.on !== false || told.nextWarmAt !== null)
    attack.violation(`C2: warming of ${name} does not read off`);
  socket.close();
  await pause(100);
  return person;
}
