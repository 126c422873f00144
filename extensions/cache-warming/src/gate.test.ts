import { expect, it } from 'vitest';
import { Gate } from './gate.ts';

it('lets no more through than it may, and the others in their order', async () => {
  const gate = new Gate(2);
  const through: string[] = [];
  const enter = (name: string) => gate.enter().then((waited) => through.push(`${name} ${waited}`));
  await Promise.all([enter('a'), enter('b')]);
  const others = [enter('c'), enter('d')];
  await Promise.resolve();
  expect(through).toEqual(['a false', 'b false']);
  gate.leave();
  await others[0];
  expect(through).toEqual(['a false', 'b false', 'c true']);
  gate.leave();
  await others[1];
  gate.leave();
  gate.leave();
  expect(await gate.enter()).toBe(false);
});
