import type { PlantedBug } from '../harness.ts';

/** Mistakes with warming, closing and what extensions keep that the harness has been seen to catch. */
export const warmingBugs: readonly PlantedBug[] = [
  {
    mistake: 'an opt-in does not look at the number of closes',
    file: 'extensions/cache-warming/src/machine.ts',
    find: '    closes: view.closes,\n',
    replace: '    closes: kept.closes,\n',
  },
  {
    mistake: 'no last look before the request of a warm',
    file: 'apps/kernel/src/turn/warm-calls.ts',
    find: '    await allowed(call);\n    if (signal.aborted)',
    replace: '    if (signal.aborted)',
  },
  {
    mistake: 'the cursor is written apart from the commit of the listener',
    file: 'apps/kernel/src/extension/event-delivery.ts',
    find: `await parts.commit(handled, event.id) : 'committed';
        crashPoint('after-handled');
`,
    replace: `await parts.commit(handled, kept) : 'committed';
        crashPoint('after-handled');
        if (outcome === 'committed') await keep(event.id);
`,
  },
  {
    mistake: 'a timer that fired is removed before its handler has ended',
    file: 'apps/kernel/src/extension/timer-runner.ts',
    find: "      crashPoint('before-timer-handler');\n",
    replace:
      "      await owner.commit(undefined, { key, generation });\n      crashPoint('before-timer-handler');\n",
  },
  {
    mistake: 'the mark of a warm in flight means nothing behind a restart',
    file: 'extensions/cache-warming/src/keeper.ts',
    find: '    if (standing.kept.flight === null || this.flights.has(id)) return',
    replace: '    if (standing.kept.flight !== 0 || this.flights.has(id)) return',
  },
  {
    mistake: 'the next warm is told by the time of day of the last',
    file: 'extensions/cache-warming/src/fields-of.ts',
    find: 'const nextWarmAt = armed ? dueAt : null;',
    replace: 'const nextWarmAt = armed ? (kept.last?.at ?? view.now) + kept.intervalMs : null;',
  },
];
