import type { Connection, DispatchClient } from '@dispatch/client';
import type { AgentEvent } from '@dispatch/wire';
import { CliError } from '../cli-error.ts';
import type { Clock } from '../clock.ts';
import { EXIT } from '../exit-codes.ts';

export interface TurnEnd {
  readonly turnId: string;
  /** Why it ended: `done.reason`. */
  readonly reason: string;
}

export interface TurnFollowing {
  readonly client: DispatchClient;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly conversationId: string;
  /** Has the turn begin; called once the conversation is watched. */
  readonly start: () => Promise<{ readonly turnId: string }>;
  /** The message is durable and the turn has this id. */
  readonly onStarted: (turnId: string) => void;
  /** Each event of the turn once, in order, whatever happens to the line. */
  readonly onEvent: (event: AgentEvent) => void;
}

/** How long the gateway may stay away before we leave a turn to itself, in milliseconds. */
const AWAY_MS = 60_000;

/** Starts a turn and follows it to the seal. */
export function followTurn(following: TurnFollowing): Promise<TurnEnd> {
  const { client, connection, clock, conversationId, start, onStarted, onEvent } = following;
  return new Promise((resolve, reject) => {
    let turnId: string | undefined;
    let reason = 'unknown';
    let next = 0;
    // Which turn is ours is known only with the answer; its first events may come before.
    const early: (readonly [event: AgentEvent, n: number | undefined])[] = [];

    const settle = (finish: () => void): void => {
      cancelAway();
      stopWatching();
      subscription.unsubscribe();
      finish();
    };
    const fail = (error: unknown): void => settle(() => reject(error));
    const take = (event: AgentEvent, n: number | undefined): void => {
      if (event.turnId !== turnId) return;
      if (n !== undefined) {
        if (n < next) return;
        next = n + 1;
      }
      if (event.type === 'done') reason = event.reason;
      onEvent(event);
      if (event.type === 'turn-sealed') settle(() => resolve({ turnId: event.turnId, reason }));
    };

    const onReset = (): void => {
      if (turnId === undefined) return;
      // A turn that still runs is told again from its start; one that ended meanwhile is in the log only.
      client.status(conversationId).then((status) => {
        if (status.turnId !== turnId) fail(notFollowable(conversationId));
      }, fail);
    };
    let cancelAway = (): void => undefined;
    const stopWatching = connection.onState(({ state, error }) => {
      if (state === 'open') cancelAway();
      if (state === 'waiting') {
        cancelAway();
        cancelAway = clock.after(AWAY_MS, () => fail(error));
      }
      if (state === 'closed') fail(error);
    });
    const subscription = connection.subscribe(conversationId, { onReset }, (event, { n }) => {
      if (turnId === undefined) early.push([event, n]);
      else take(event, n);
    });

    start().then((started) => {
      turnId = started.turnId;
      onStarted(started.turnId);
      for (const [event, n] of early.splice(0)) take(event, n);
    }, fail);
  });
}

function notFollowable(conversationId: string): CliError {
  return new CliError(
    'stream-lost',
    EXIT.failed,
    'The turn ended while the gateway was away, and its events are gone.',
    `Read what it wrote: dispatch read ${conversationId}`,
  );
}
