import type { ApprovalList, SubscribeOptions } from '@dispatch/client';
import type { Frame } from '@dispatch/tests-processes';

/** An event of a turn with its index in it. */
export type SeenEvent = Frame & { readonly n?: number | undefined };
/** Another version of a beat is shown. */
export type Replaced = Parameters<NonNullable<SubscribeOptions['onReplaced']>>[0];
/** A tool call that people are asked about. */
export type Approval = ApprovalList['approvals'][number];

/** What waits, as the surface shows it. */
export interface ShownQueue {
  readonly texts: readonly string[];
  readonly held: boolean;
}

/** A conversation in front of somebody: all of it made from what the server sent them, nothing from the test. */
export interface Screen {
  readonly name: string;
  /** Turns from top to bottom. */
  readonly shown: readonly string[];
  /** Every event of every turn, in the order it came. */
  readonly seen: readonly SeenEvent[];
  readonly replaced: readonly Replaced[];
  readonly queue: ShownQueue | undefined;
  /** Answers other people, or other devices, gave. */
  readonly resolved: readonly Approval[];
  /** Reads the conversation again: what followed a version comes with no event. */
  reread(): Promise<void>;
  close(): void;
}

/** Events of one turn, in the order they came. */
export const eventsOf = ({ seen }: Screen, turnId: string): readonly SeenEvent[] =>
  seen.filter((event) => event['turnId'] === turnId);

/** The queue a state of the surface shows. */
export function queueIn(spec: {
  readonly fields: readonly { readonly kind: string; readonly payload?: unknown }[];
}): ShownQueue | undefined {
  const payload = spec.fields.find(({ kind }) => kind === 'custom')?.payload;
  if (payload === undefined) return undefined;
  const { messages, held } = payload as { messages: readonly { text: string }[]; held: boolean };
  return { texts: messages.map(({ text }) => text), held };
}

/** Turns of a log, in its order. */
export const turnsOf = (rows: readonly { readonly turnId?: string | undefined }[]): readonly string[] => [
  ...new Set(rows.flatMap(({ turnId }) => turnId ?? [])),
];
