import { applyToApprovals, approvalList, type Connection, type DispatchClient } from '@dispatch/client';
import type { Approval, UserEvent } from '@dispatch/collab-contract';

/** What a watcher of approvals is told. */
export interface ApprovalWatcher {
  /** It waits; told once for each. */
  asked(approval: Approval): void;
  /** It does not wait any more; `approval` is undefined when nobody told how it ended. Told once for each. */
  resolved(id: string, approval: Approval | undefined): void;
}

/** Tells what waits for a person in a conversation, from now on; the returned function stops it. */
export function watchApprovals(
  client: DispatchClient,
  connection: Connection,
  conversationId: string,
  watcher: ApprovalWatcher,
): () => void {
  const waiting = new Set<string>();
  // What arrives during a reading may be newer than what is read.
  let meanwhile: (readonly [event: UserEvent, seq: number])[] = [];
  let reading = 0;
  let isOver = false;

  const ask = (approval: Approval): void => {
    if (approval.conversationId !== conversationId || waiting.has(approval.id)) return;
    waiting.add(approval.id);
    watcher.asked(approval);
  };
  const resolve = (id: string, approval?: Approval): void => {
    if (waiting.delete(id)) watcher.resolved(id, approval);
  };
  const read = (): void => {
    reading += 1;
    const mine = reading;
    meanwhile = [];
    client.approvals().then(
      (answer) => {
        if (isOver || mine !== reading) return;
        let list = approvalList(answer);
        for (const [event, seq] of meanwhile) list = applyToApprovals(list, event, seq);
        for (const id of [...waiting]) if (!list.approvals.some((one) => one.id === id)) resolve(id);
        for (const approval of list.approvals) ask(approval);
      },
      // A backend of before there were approvals has none, and one that is away tells them when it is back.
      () => undefined,
    );
  };
  const stops = [
    connection.user.on((event, seq) => {
      meanwhile.push([event, seq]);
      if (event.type === 'approval.requested') ask(event.approval);
      if (event.type === 'approval.resolved') resolve(event.approval.id, event.approval);
    }),
    connection.user.onReset(read),
  ];
  read();
  return () => {
    isOver = true;
    for (const stop of stops) stop();
  };
}
