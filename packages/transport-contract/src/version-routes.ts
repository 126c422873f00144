import type { Route } from './routes.ts';

type VersionRouteName = 'regenerate' | 'versions' | 'activateVersion' | 'fork';

const one = '/conversations/:id';

/** The rows of `ROUTES` about other versions of what was said. */
export const VERSION_ROUTES: { readonly [Name in VersionRouteName]: Route<Name> } = {
  regenerate: {
    name: 'regenerate',
    method: 'POST',
    path: `${one}/regenerate`,
    scope: 'chat:write',
    since: '0.14.0',
    summary: 'Answer a message once more, as another version; 202.',
    request: 'RegenerateRequest',
    response: 'RegenerateResponse',
    status: 202,
  },
  versions: {
    name: 'versions',
    method: 'GET',
    path: `${one}/versions`,
    scope: 'chat:read',
    since: '0.14.0',
    summary: 'The versions of one beat.',
    query: 'VersionsQuery',
    response: 'VersionsResponse',
  },
  activateVersion: {
    name: 'activateVersion',
    method: 'POST',
    path: `${one}/versions/activate`,
    scope: 'chat:write',
    since: '0.14.0',
    summary: 'Show another version and go on from it.',
    request: 'ActivateVersionRequest',
    response: 'ActivateVersionResponse',
  },
  fork: {
    name: 'fork',
    method: 'POST',
    path: `${one}/fork`,
    scope: 'chat:write',
    since: '0.14.0',
    summary: 'A new conversation from what is shown up to a turn.',
    request: 'ForkRequest',
    response: 'ForkResponse',
  },
};
