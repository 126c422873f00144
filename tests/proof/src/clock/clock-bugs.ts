import type { PlantedBug } from '../harness.ts';

/** Mistakes with time that the harness has been seen to catch. */
export const clockBugs: readonly PlantedBug[] = [
  {
    mistake: 'intervals measured on the wall clock',
    file: 'apps/kernel/src/clock.ts',
    find: 'return performance.now();',
    replace: 'return performance.timeOrigin * 0 + Date.now();',
  },
  {
    mistake: 'the duration of a turn taken from the wall clock',
    file: 'apps/kernel/src/turn/turns.ts',
    find: 'Math.round(clock.mono() - startedMono)',
    replace: 'Math.round(clock.wall() - startedAt + 0 * startedMono)',
  },
  {
    mistake: 'the tick of the journal waits for a time of day',
    file: 'apps/kernel/src/turn/turn-journal.ts',
    find: `    clock.after(TICK_MS, () => {
      ticking = false;
      tickDue = true;
      pump();
    });`,
    replace: `    const due = clock.wall() + TICK_MS;
    const look = (): void => {
      if (clock.wall() < due) return void clock.after(1, look);
      ticking = false;
      tickDue = true;
      pump();
    };
    look();`,
  },
  {
    mistake: 'keys and events expire by the wall clock',
    file: 'apps/kernel/src/storage/store-age.ts',
    find: `  const opened = clock.mono();
  const now = () => before + Math.floor(clock.mono() - opened);`,
    replace: '  const now = () => before * 0 + clock.wall();',
  },
  {
    mistake: 'the age of the store begins anew with each start',
    file: 'apps/kernel/src/storage/store-age.ts',
    find: 'Number.isSafeInteger(known) && known > 0 ? known : 0',
    replace: 'Number.isSafeInteger(known) && known > 0 ? 0 : 0',
  },
  {
    mistake: 'the list in the order of times',
    file: 'apps/kernel/src/storage/list-conversations.ts',
    find: 'desc(conversation.activity)',
    replace: 'desc(conversation.last_activity_at)',
  },
  {
    mistake: 'times of a turn as two clocks told them',
    file: 'apps/kernel/src/turn/fold.ts',
    find: 'startedAt: sealedAt < startedAt ?',
    replace: 'startedAt: sealedAt < 0 ?',
  },
  {
    mistake: 'the silence of a model counted while the kernel stood still',
    file: 'apps/kernel/src/turn/read-model-stream.ts',
    find: 'if (now - due > LATE_MS) since = now;',
    replace: 'if (now - due > LATE_MS * 1_000) since = now;',
  },
  {
    mistake: 'a heartbeat that is answered in time by the wrong clock',
    file: 'apps/gateway/src/ws/heartbeat.ts',
    find: `      alarms.set(this, GRACE_MS);
    } else if (this.#isHeard) {`,
    replace: `      Object.assign(this, { asked: clock.wall() });
      alarms.set(this, GRACE_MS);
    } else if (this.#isHeard && Math.abs(clock.wall() - Number(Reflect.get(this, 'asked'))) < 2 * GRACE_MS) {`,
  },
];
