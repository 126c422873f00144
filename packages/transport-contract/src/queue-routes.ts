import type { Route } from './routes.ts';

const all = '/conversations/:id/queue';
const one = `${all}/:messageId`;

type QueueRouteName = 'queueMessage' | 'queue' | 'changeQueued' | 'cancelQueued';

/** The rows of the route table about messages that wait for a turn. */
export const QUEUE_ROUTES: { readonly [Name in QueueRouteName]: Route<Name> } = {
  queueMessage: {
    name: 'queueMessage',
    method: 'POST',
    path: all,
    scope: 'chat:write',
    since: '0.14.0',
    summary: 'Steer a message into the running turn or queue it for the next; start a turn when none runs.',
    request: 'QueueMessageRequest',
    response: 'QueueMessageResponse',
  },
  queue: {
    name: 'queue',
    method: 'GET',
    path: all,
    scope: 'chat:read',
    since: '0.14.0',
    summary: 'The messages that wait, in their order.',
    response: 'QueueResponse',
  },
  changeQueued: {
    name: 'changeQueued',
    method: 'PUT',
    path: one,
    scope: 'chat:write',
    since: '0.14.0',
    summary: 'Edit, promote or move a message that waits.',
    request: 'ChangeQueuedRequest',
    response: 'ChangeQueuedResponse',
  },
  cancelQueued: {
    name: 'cancelQueued',
    method: 'DELETE',
    path: one,
    scope: 'chat:write',
    since: '0.14.0',
    summary: 'Remove a message that waits; once more changes nothing.',
    response: 'CancelQueuedResponse',
  },
};
