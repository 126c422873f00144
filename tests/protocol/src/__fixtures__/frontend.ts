import {
  type ApprovalList,
  applyToApprovals,
  approvalList,
  type Connection,
  createClient,
  type DispatchClient,
  replaceTurn,
  type SurfaceHandle,
} from '@dispatch/client';
import { WebSocket } from 'ws';
import { type Approval, queueIn, type Replaced, type Screen, type SeenEvent, turnsOf } from './screen.ts';

/** A frontend made with `@dispatch/client`, as its documentation says. */
export interface Frontend extends Screen {
  readonly client: DispatchClient;
  readonly connection: Connection;
  /** The surface of the queue. */
  readonly waiting: SurfaceHandle;
  /** Calls that wait for an answer. */
  readonly approvals: readonly Approval[];
}

export async function openFrontend(url: string, conversationId: string): Promise<Frontend> {
  const client = createClient({ url, WebSocket: WebSocket as never });
  const connection = client.connect();
  await connection.opened();
  let shown: readonly string[] = [];
  const seen: SeenEvent[] = [];
  const replaced: Replaced[] = [];
  const resolved: Approval[] = [];
  connection.subscribe(
    conversationId,
    {
      onReplaced: (event) => {
        replaced.push(event);
        shown = replaceTurn(shown, event);
      },
      onReset: ({ reason }) => {
        throw new Error(`the conversation has to be read again: ${reason}`);
      },
    },
    (event, { n }) => {
      seen.push({ ...event, n });
      // Another version stands in its place already.
      if (event.type !== 'turn-start' || event.versionOf !== undefined) return;
      shown = [...shown, event.turnId];
    },
  );
  const early: Parameters<typeof applyToApprovals>[] = [];
  let list: ApprovalList | undefined;
  connection.user.on((event, seq) => {
    if (event.type === 'approval.resolved') resolved.push(event.approval);
    if (list === undefined) early.push([{ epoch: '', seq: 0, approvals: [] }, event, seq]);
    else list = applyToApprovals(list, event, seq);
  });
  list = approvalList(await client.approvals());
  for (const [, event, seq] of early) list = applyToApprovals(list, event, seq);
  const waiting = connection.surface('message-queue', { conversationId }, {});
  return {
    name: 'the frontend',
    client,
    connection,
    waiting,
    seen,
    replaced,
    resolved,
    get shown() {
      return shown;
    },
    get approvals() {
      return (list?.approvals ?? []).filter((approval) => approval.conversationId === conversationId);
    },
    get queue() {
      return waiting.spec && queueIn(waiting.spec);
    },
    reread: async () => {
      shown = turnsOf((await client.history(conversationId, { view: 'active' })).chunks);
    },
    close: () => connection.close(),
  };
}
