import { type Extension, packageVersion, TURN_TOOLS } from '@dispatch/extension-api';
import { CommandRecords } from './command-records.ts';
import { RUN_COMMAND, type RunningCommands, runCommand } from './run-command.ts';

/** Makes the extension; what runs belongs to the one that started it. */
export function shellExtension(): Extension {
  const running: RunningCommands = new Set();
  return {
    manifest: {
      id: 'tool-shell',
      name: 'Shell',
      version: packageVersion(import.meta.url),
      apiVersion: '^0.4.0',
      contributes: { tools: [RUN_COMMAND] },
      capabilities: { db: true },
    },
    async activate(host) {
      const records = new CommandRecords(host);
      host.addTool(runCommand(records, running));
      // Without a working directory there is nowhere to run, and a model is told of no tool it cannot use.
      host.addFilter(TURN_TOOLS, (names, { cwd }) =>
        cwd === null ? names.filter((name) => name !== RUN_COMMAND) : names,
      );
      // Before the first turn, so that nothing of an earlier kernel works beside it.
      await records.endLeftovers();
    },
    async deactivate() {
      const ending = [...running].map(({ end, over }) => {
        end();
        return over;
      });
      await Promise.all(ending);
    },
  };
}

/** Lets models run commands in the working directory of a conversation. */
export const extension: Extension = shellExtension();
