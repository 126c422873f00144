import { describe, expect, it } from 'vitest';
import { experiment, type Judgement, notApplicable, unseen } from './experiment.ts';
import type { ProbeSession } from './probe-session.ts';

const session = {} as ProbeSession;

async function outcomes(judgements: readonly (() => Judgement)[], observe = async () => 'seen') {
  const rows = judgements.map((judge, index) => ({ id: `x-${index}`, says: 'It holds.', judge }));
  const verdicts = await experiment({ name: 'x', needsModel: false, observe, rows }).run(session, () => true);
  return verdicts.map(({ outcome, because }) => (because === undefined ? outcome : `${outcome}: ${because}`));
}

describe('an experiment', () => {
  it('judges each promise by itself', async () => {
    expect(await outcomes([() => undefined, () => 'it shows', () => notApplicable('no surfaces')])).toEqual([
      'pass',
      'fail: it shows',
      'not-applicable: no surfaces',
    ]);
  });

  it('puts what could not be seen down to what is broken beside it', async () => {
    expect(await outcomes([() => 'no ack', () => unseen('the turn is unknown')])).toEqual([
      'fail: no ack',
      'not-applicable: it could not be seen: the turn is unknown',
    ]);
  });

  it('never lets something go unseen while nothing is said to be broken', async () => {
    expect(await outcomes([() => undefined, () => unseen('nothing came')])).toEqual([
      'pass',
      'fail: nothing came',
    ]);
  });

  it('counts what could not be seen as broken when what is broken was not asked for', async () => {
    const rows = [
      { id: 'a', says: 'A.', judge: () => 'no ack' },
      { id: 'b', says: 'B.', judge: () => unseen('the turn is unknown') },
    ];
    const one = experiment({ name: 'x', needsModel: false, observe: async () => 'seen', rows });
    expect(await one.run(session, (id) => id === 'b')).toMatchObject([{ id: 'b', outcome: 'fail' }]);
  });

  it('that cannot be done fails all of its promises', async () => {
    const observe = () => Promise.reject(new Error('no socket opens'));
    expect(await outcomes([() => undefined, () => undefined], observe)).toEqual([
      'fail: no socket opens',
      'fail: no socket opens',
    ]);
  });

  it('whose answers cannot be read fails where that shows', async () => {
    const broken = () => {
      throw new TypeError('x is not iterable');
    };
    expect(await outcomes([broken, () => undefined])).toEqual([
      'fail: what came cannot be read: x is not iterable',
      'pass',
    ]);
  });
});
