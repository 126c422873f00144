import { type Extension, packageVersion } from '@dispatch/extension-api';
import { currentTime } from './current-time.ts';

/** Lets every turn ask what time it is. */
export const extension: Extension = {
  manifest: {
    id: 'tool-clock',
    name: 'Clock',
    version: packageVersion(import.meta.url),
    apiVersion: '^0.4.0',
    contributes: { tools: ['current-time'] },
  },
  activate: (host) => host.addTool(currentTime()),
};
