import type { PlantedBug } from '../harness.ts';

/** Mistakes that show only in numbers, and some that show only under everything at once. */
export const soakBugs: readonly PlantedBug[] = [
  {
    mistake: 'a lane of the turn journal is never given up',
    file: 'apps/kernel/src/turn/turn-journal.ts',
    find: '          lanes.delete(lane);',
    replace: '          void lanes;',
  },
  {
    mistake: 'a socket that closes stays on the list of the open ones',
    file: 'apps/gateway/src/ws/sockets.ts',
    find: '    this.#open.delete(connection);',
    replace: '    void connection;',
  },
  {
    mistake: 'a socket that closes leaves its watches behind',
    file: 'apps/gateway/src/ws/chat-watches.ts',
    find: '    for (const watch of this.#watches.values()) watch.close();',
    replace: '    void this.#watches;',
  },
  {
    mistake: 'the timer of the longest duration outlives its turn',
    file: 'apps/kernel/src/turn/turns.ts',
    find: '    cancel();\n    // Tools',
    replace: '    void cancel;\n    // Tools',
  },
  {
    mistake: 'a file is opened for each socket and never closed',
    file: 'apps/gateway/src/ws/sockets.ts',
    find: '    this.#open.add(connection);',
    replace:
      "    this.#open.add(connection);\n    void import('node:fs').then(({ openSync }) => openSync('/dev/null', 'r'));",
  },
  {
    mistake: 'a listener on the process for each socket',
    file: 'apps/gateway/src/ws/connection.ts',
    find: '    socket.belongTo(this);',
    replace: "    socket.belongTo(this);\n    process.on('SIGUSR2', () => this.heard());",
  },
  {
    mistake: 'no recovery at the start',
    file: 'apps/kernel/src/kernel.ts',
    find: '  await recoverTurns({ store, clock, log, resume: turns.resume, giveUp: recovery.signal });\n',
    replace: '  void recoverTurns;\n',
  },
];
