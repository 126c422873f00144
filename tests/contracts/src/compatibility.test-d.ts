/** The compatibility gate: the present contracts against the frozen base. Checked by the compiler alone. */
import type * as Transport from '@dispatch/transport-contract';
import type * as Ui from '@dispatch/ui-contract';
import type * as Wire from '@dispatch/wire';
import type * as BaseTransport from '../../../contracts/history/transport-contract/0.9.0/index.d.ts';
import type * as BaseUi from '../../../contracts/history/ui-contract/0.2.0/index.d.ts';
import type * as BaseWire from '../../../contracts/history/wire/0.6.0/index.d.ts';

type Same<A, B> = (<G>() => G extends A ? 1 : 2) extends <G>() => G extends B ? 1 : 2 ? true : false;
/** The tags whose present shape a client of the base cannot read. `never` is what we want. */
type Unreadable<Key extends string, Now, Then extends { readonly [K in Key]: string }> = {
  [Tag in Then[Key]]: [Extract<Now, { readonly [K in Key]: Tag }>] extends [never]
    ? Tag
    : [Extract<Now, { readonly [K in Key]: Tag }>] extends [Extract<Then, { readonly [K in Key]: Tag }>]
      ? never
      : Tag;
}[Then[Key]];
type Must<T extends true> = T;
type None<T> = [T] extends [never] ? true : false;
type Fits<From, To> = [From] extends [To] ? true : false;

/** Events that clients of the base drop, as they drop every type they do not know. */
export type AddedEvents = 'steering';
type Delta = Transport.ChatDeltaMessage;
/** What a client of the base reads of the frames: all of them, except those that carry an event it drops. */
type ReadFrames =
  | Exclude<Transport.WsServerMessage, Delta>
  | (Omit<Delta, 'event'> & { readonly event: Exclude<Wire.AgentEvent, { readonly type: AddedEvents }> });

/** Readable: whatever a backend sends today under a tag of the base is assignable to what the base says of that tag. */
export type Readable = [
  Must<None<Unreadable<'type', ReadFrames, BaseTransport.WsServerMessage>>>,
  Must<None<Unreadable<'type', Wire.AgentEvent, BaseWire.AgentEvent>>>,
  Must<None<Unreadable<'type', Wire.Chunk, BaseWire.Chunk>>>,
  Must<None<Unreadable<'kind', Ui.SurfaceField, BaseUi.SurfaceField>>>,
  Must<Fits<Transport.ModelsResponse, BaseTransport.ModelsResponse>>,
  Must<Fits<Transport.ConversationHistoryResponse, BaseTransport.ConversationHistoryResponse>>,
  Must<Fits<Transport.ConversationMetricsResponse, BaseTransport.ConversationMetricsResponse>>,
  Must<Fits<Transport.ThroughputResponse, BaseTransport.ThroughputResponse>>,
  Must<Fits<Transport.CwdResponse, BaseTransport.CwdResponse>>,
  Must<Fits<Transport.CloseConversationResponse, BaseTransport.CloseConversationResponse>>,
  Must<Fits<Transport.LspStatusResponse, BaseTransport.LspStatusResponse>>,
  Must<Fits<Transport.WarmResponse, BaseTransport.WarmResponse>>,
];

/** Accepted: whatever a client of the base sends is still taken. */
export type Accepted = [
  Must<Fits<BaseTransport.WsClientMessage, Transport.WsClientMessage>>,
  Must<Fits<BaseTransport.ChatRequest, Transport.ChatRequest>>,
  Must<Fits<BaseTransport.SetCwdRequest, Transport.SetCwdRequest>>,
  Must<Fits<BaseTransport.WarmRequest, Transport.WarmRequest>>,
];

/** Added: what an exhaustive switch of the base does not know. Every entry needs a `Consumer action: required`. */
export type AddedFrames =
  | 'hello'
  | 'ack'
  | 'chat.reset'
  | 'status'
  | 'ping'
  | 'pong'
  | 'bye'
  | 'user.event'
  | 'user.skip'
  | 'presence.snapshot'
  | 'presence.update'
  | 'turn-replaced';
export type Added = [
  Must<Same<Exclude<Transport.WsServerMessage['type'], BaseTransport.WsServerMessage['type']>, AddedFrames>>,
  Must<Same<Exclude<Wire.AgentEvent['type'], BaseWire.AgentEvent['type']>, AddedEvents>>,
  Must<None<Exclude<Wire.Chunk['type'], BaseWire.Chunk['type']>>>,
  Must<None<Exclude<Wire.Role, BaseWire.Role>>>,
  Must<None<Exclude<Ui.SurfaceField['kind'], BaseUi.SurfaceField['kind']>>>,
];

interface Then {
  readonly type: 'note';
  readonly text: string;
  readonly mood?: string;
}
/** The gate sees what it is for: each of these is a break. */
export type Breaks = [
  // @ts-expect-error a field went away
  Must<None<Unreadable<'type', { readonly type: 'note' }, Then>>>,
  // @ts-expect-error a field got wider
  Must<None<Unreadable<'type', { readonly type: 'note'; readonly text: string | null }, Then>>>,
  // @ts-expect-error a field that was always there became optional
  Must<None<Unreadable<'type', { readonly type: 'note'; readonly text?: string }, Then>>>,
  // @ts-expect-error a variant went away
  Must<None<Unreadable<'type', { readonly type: 'memo'; readonly text: string }, Then>>>,
  // @ts-expect-error a field that clients could leave out became required
  Must<Fits<Then, { readonly type: 'note'; readonly text: string; readonly mood: string }>>,
];
/** And what is no break passes: a new optional field, a new variant beside the old one. */
export type Passes = Must<
  None<Unreadable<'type', (Then & { readonly at?: number }) | { readonly type: 'memo' }, Then>>
>;

/** Ids are branded: assignable to string, and no string passes for one. */
export const readsAsString = (id: Wire.StepId, turn: Wire.TurnId): readonly string[] => [id, turn];
// @ts-expect-error a plain string is no StepId
export const noStepId: Wire.StepId = 'step';
// @ts-expect-error a plain string is no TurnId
export const noTurnId: Wire.TurnId = 'turn';
// @ts-expect-error a StepId is no TurnId
export const notEachOther = (id: Wire.StepId): Wire.TurnId => id;
// @ts-expect-error every field is readonly
export const noWriting = (event: Wire.TurnDoneEvent): string => (event.reason = 'stop');
