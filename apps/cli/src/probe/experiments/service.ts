import { fieldsOf, type RawAnswer } from '../../raw-http.ts';
import { experiment, notApplicable } from '../experiment.ts';
import { told } from '../told.ts';
import { shown } from '../turn-facts.ts';

/** Where the development server of a frontend lives. */
const PAGE = 'http://localhost:5173';
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const REQUEST_HEADERS = ['content-type', 'authorization', 'idempotency-key'];

interface Seen {
  readonly health: RawAnswer;
  readonly ready: RawAnswer;
  readonly version: RawAnswer;
  readonly models: RawAnswer;
  readonly preflight: RawAnswer;
  readonly fromPage: RawAnswer;
  /** Tells how one is known here. */
  readonly me: RawAnswer;
}

/** What a gateway says of itself, and whether a page may talk to it. */
export const service = experiment<Seen>({
  name: 'service',
  needsModel: false,
  observe: async (session) => {
    const [health, ready, version, models, preflight, fromPage, me] = await Promise.all([
      session.ask('GET', '/health'),
      session.ask('GET', '/readyz'),
      session.ask('GET', '/version'),
      session.ask('GET', '/models'),
      session.ask('OPTIONS', '/chat', {
        headers: {
          origin: PAGE,
          'access-control-request-method': 'POST',
          'access-control-request-headers': REQUEST_HEADERS.join(','),
        },
      }),
      session.ask('GET', '/health', { headers: { origin: PAGE } }),
      session.ask('GET', '/me'),
    ]);
    return { health, ready, version, models, preflight, fromPage, me };
  },
  rows: [
    {
      id: 'health',
      says: 'GET /health answers 200 with { ok: true } while the gateway lives.',
      judge: ({ health }) => (isOk(health) ? undefined : told(health)),
    },
    {
      id: 'ready',
      says: 'GET /readyz answers 200 with { ok: true } while turns can be started.',
      judge: ({ ready }) => (isOk(ready) ? undefined : told(ready)),
    },
    {
      id: 'version',
      says: "GET /version tells the gateway's version and contracts, the kernel's start and the database's epoch.",
      judge: ({ version }) => {
        const { gateway, contracts, bootId, epoch } = fieldsOf(version.json) ?? {};
        const names = Object.keys(fieldsOf(contracts) ?? {});
        const isWhole =
          version.status === 200 &&
          [gateway, bootId, epoch].every((text) => typeof text === 'string' && text !== '') &&
          ['wire', 'ui-contract', 'transport-contract'].every((name) => names.includes(name));
        return isWhole ? undefined : told(version);
      },
    },
    {
      id: 'models',
      says: 'GET /models lists full names, <credential>/<model>.',
      judge: ({ models }) => {
        const names = fieldsOf(models.json)?.['models'];
        if (models.status !== 200 || !Array.isArray(names)) return told(models);
        const odd = names.find((name) => typeof name !== 'string' || !/^[^/]+\/.+/.test(name));
        return odd === undefined ? undefined : `one is called ${shown(odd)}`;
      },
    },
    {
      id: 'cors-preflight',
      says: 'A page of this machine may send every method, a content type, a credential and an idempotency key.',
      judge: ({ preflight, me }) => {
        if (!isLocal(me)) return ELSEWHERE;
        if (preflight.status < 200 || preflight.status > 299) return told(preflight);
        const methods = listIn(preflight, 'access-control-allow-methods');
        const headers = listIn(preflight, 'access-control-allow-headers');
        const missing = [
          ...METHODS.filter((method) => !methods.includes(method.toLowerCase())),
          ...REQUEST_HEADERS.filter((header) => !headers.includes(header)),
        ];
        return (
          originFault(preflight) ?? (missing.length === 0 ? undefined : `not allowed: ${missing.join(', ')}`)
        );
      },
    },
    {
      id: 'cors-answer',
      says: 'Such a page may read the answers, the header X-Conversation-Id among them.',
      judge: ({ fromPage, me }) => {
        if (!isLocal(me)) return ELSEWHERE;
        const exposed = listIn(fromPage, 'access-control-expose-headers');
        if (exposed.includes('x-conversation-id')) return originFault(fromPage);
        return `exposed: ${exposed.join(', ') || 'nothing'}`;
      },
    },
  ],
});

/** Pages of this machine come in by themselves only where whoever is on it is the owner. */
const ELSEWHERE = notApplicable(
  'this gateway asks who one is, and lets in only pages of origins it was told',
);

/** Gateways of before 0.13.0 have no such route, and knew nobody. */
const isLocal = ({ status, json }: RawAnswer): boolean =>
  status === 404 || fieldsOf(fieldsOf(json)?.['session'])?.['kind'] === 'local';

const isOk = ({ status, json }: RawAnswer): boolean => status === 200 && fieldsOf(json)?.['ok'] === true;

const listIn = ({ headers }: RawAnswer, name: string): readonly string[] =>
  (headers.get(name) ?? '')
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

function originFault({ headers }: RawAnswer): string | undefined {
  const allowed = headers.get('access-control-allow-origin');
  return allowed === PAGE || allowed === '*' ? undefined : `allowed origin: ${allowed ?? 'none'}`;
}
