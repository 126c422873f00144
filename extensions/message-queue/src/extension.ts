import { type Extension, type ExtensionHost, packageVersion, QUEUE_CHANGED } from '@dispatch/extension-api';
import { MESSAGE_QUEUE_SURFACE_ID } from '@dispatch/surface-message-queue';
import { invoke } from './actions.ts';
import { fieldsOf, WITHOUT_CONVERSATION } from './fields-of.ts';

/** Shows the messages of a conversation that wait for a turn, and lets people change them. */
export const extension: Extension = {
  manifest: {
    id: 'message-queue',
    name: 'Message Queue',
    version: packageVersion(import.meta.url),
    apiVersion: '^0.4.0',
    contributes: { surfaces: [MESSAGE_QUEUE_SURFACE_ID] },
    capabilities: { queues: true },
  },
  activate,
};

function activate(host: ExtensionHost): void {
  const shown = host.addSurface({
    id: MESSAGE_QUEUE_SURFACE_ID,
    title: 'Message Queue',
    region: 'side',
    scope: 'conversation',
    audience: 'conversation',
    getFields: async ({ conversationId }) =>
      conversationId === undefined ? WITHOUT_CONVERSATION : fieldsOf(await host.queues.of(conversationId)),
    invoke: (actionId, payload, context) => invoke(host.queues, actionId, payload, context),
  });
  host.on(QUEUE_CHANGED, ({ conversationId }) => shown.changed({ conversationId }));
}
