/** What the tests of approvals load by its path: a tool that asks first and leaves a line for each time it ran. */
import { appendFileSync } from 'node:fs';

export const extension = {
  manifest: {
    id: 'acting',
    name: 'Acting',
    version: '1.0.0',
    apiVersion: '*',
    contributes: { tools: ['act'] },
  },
  activate(host) {
    host.addTool({
      name: 'act',
      description: 'Leaves a line in a file.',
      inputSchema: { type: 'object', properties: { file: { type: 'string' } } },
      approval: { summary: ({ file }) => `Append to ${file}`, pattern: ({ file }) => file },
      async execute({ file }) {
        appendFileSync(file, 'ran\n');
        return { content: 'acted', isError: false };
      },
    });
  },
};
