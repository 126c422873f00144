import { type Extension, packageVersion, TURN_TOOLS } from '@dispatch/extension-api';
import { WRITE_FILE, writeFile } from './write-file.ts';

/** Lets models write files inside the working directory of a conversation. */
export const extension: Extension = {
  manifest: {
    id: 'tool-files',
    name: 'Files',
    version: packageVersion(import.meta.url),
    apiVersion: '^0.4.0',
    contributes: { tools: [WRITE_FILE] },
  },
  activate(host) {
    host.addTool(writeFile());
    // Without a working directory there is nowhere to write, and a model is told of no tool it cannot use.
    host.addFilter(TURN_TOOLS, (names, { cwd }) =>
      cwd === null ? names.filter((name) => name !== WRITE_FILE) : names,
    );
  },
};
