import type { ApprovalScope } from '@dispatch/collab-contract';
import type {
  ActivateVersionResponse,
  AnswerApprovalResponse,
  ApprovalsResponse,
  CancelQueuedResponse,
  ChangeQueuedRequest,
  ChangeQueuedResponse,
  ChatRequest,
  CloseConversationResponse,
  ConversationHistoryQuery,
  ConversationHistoryResponse,
  ConversationMetricsResponse,
  ConversationModelResponse,
  ConversationStatusResponse,
  ConversationsQuery,
  ConversationsResponse,
  CwdResponse,
  ForkRequest,
  ForkResponse,
  GrantsResponse,
  HealthResponse,
  ModelsResponse,
  QueueMessageRequest,
  QueueMessageResponse,
  QueueResponse,
  ReadyResponse,
  RegenerateRequest,
  RegenerateResponse,
  RevokedResponse,
  SetConversationModelRequest,
  StopConversationRequest,
  StopConversationResponse,
  ThroughputQuery,
  ThroughputResponse,
  TicketResponse,
  TitleResponse,
  VersionResponse,
  VersionsResponse,
  WarmRequest,
  WarmResponse,
} from '@dispatch/transport-contract';
import { type ChatAnswer, startChat } from './chat-answer.ts';
import { type ClientClock, mintId, platformClock } from './clock.ts';
import type { ConnectOptions } from './connect-options.ts';
import { Connection } from './connection.ts';
import { DispatchError, isDispatchError } from './dispatch-error.ts';
import { type CallOptions, callJson, type HttpCall, type HttpSetup } from './http.ts';
import { type FetchFunction, platformFetch, platformWebSocket, type SocketConstructor } from './platform.ts';
import { ticketedSocket } from './ticketed-socket.ts';

export interface ClientSetup {
  /** Address of the gateway: `http://127.0.0.1:24203`. */
  readonly url: string;
  /**
   * Says who calls: an API token, or one of the identity provider; or a function that gives the one that is good now, asked before each call and each
   * connection. Sent as `Authorization: Bearer`; a socket, which carries no header in browsers, gets a ticket with it first. Absent: nothing is sent, which does
   * where the gateway knows its one user, and for pages that signed in by cookie.
   */
  readonly token?: string | (() => string | Promise<string>);
  /** Default: the platform's. */
  readonly fetch?: FetchFunction;
  /** Default: the platform's; Node 20 has none, pass the class of the package `ws`. */
  readonly WebSocket?: SocketConstructor;
  /** Default: the platform's time and random numbers. */
  readonly clock?: ClientClock;
}

/** The gateway's calls. Each answers with the contract's type or rejects with a `DispatchError`. */
export interface DispatchClient {
  health(options?: CallOptions): Promise<HealthResponse>;
  /** Rejects with status 503 while no turn can be started. */
  ready(options?: CallOptions): Promise<ReadyResponse>;
  version(options?: CallOptions): Promise<VersionResponse>;
  models(options?: CallOptions): Promise<ModelsResponse>;
  /** Starts a turn over HTTP and streams it. The socket's `send` survives a lost line, this does not. */
  chat(request: ChatRequest, options?: CallOptions): Promise<ChatAnswer>;
  conversations(query?: ConversationsQuery, options?: CallOptions): Promise<ConversationsResponse>;
  history(
    id: string,
    window?: ConversationHistoryQuery,
    options?: CallOptions,
  ): Promise<ConversationHistoryResponse>;
  metrics(id: string, options?: CallOptions): Promise<ConversationMetricsResponse>;
  status(id: string, options?: CallOptions): Promise<ConversationStatusResponse>;
  title(id: string, options?: CallOptions): Promise<TitleResponse>;
  /** Null clears it. */
  setTitle(id: string, title: string | null, options?: CallOptions): Promise<TitleResponse>;
  model(id: string, options?: CallOptions): Promise<ConversationModelResponse>;
  setModel(
    id: string,
    change: SetConversationModelRequest,
    options?: CallOptions,
  ): Promise<ConversationModelResponse>;
  cwd(id: string, options?: CallOptions): Promise<CwdResponse>;
  setCwd(id: string, cwd: string, options?: CallOptions): Promise<CwdResponse>;
  /** Ends the running turn; with `turnId` only if it is that one. */
  stop(
    id: string,
    request?: StopConversationRequest,
    options?: CallOptions,
  ): Promise<StopConversationResponse>;
  /** Answers a message once more, as another version. Resolves when the turn has begun; it streams to whoever is subscribed. */
  regenerate(id: string, request: RegenerateRequest, options?: CallOptions): Promise<RegenerateResponse>;
  /** All versions of the beat of this turn. */
  versions(id: string, turnId: string, options?: CallOptions): Promise<VersionsResponse>;
  /** Shows this version to everybody; the next message extends it. */
  activateVersion(id: string, turnId: string, options?: CallOptions): Promise<ActivateVersionResponse>;
  /** A new conversation from what is shown up to and with a turn. */
  fork(id: string, request: ForkRequest, options?: CallOptions): Promise<ForkResponse>;
  /** Steers a message into the running turn or queues it for the next; starts a turn when none runs. */
  queueMessage(
    id: string,
    request: QueueMessageRequest,
    options?: CallOptions,
  ): Promise<QueueMessageResponse>;
  /** What waits. */
  queue(id: string, options?: CallOptions): Promise<QueueResponse>;
  /** Edits, promotes or moves a message that waits. */
  changeQueued(
    id: string,
    messageId: string,
    change: ChangeQueuedRequest,
    options?: CallOptions,
  ): Promise<ChangeQueuedResponse>;
  /** Removes a message that waits. */
  cancelQueued(id: string, messageId: string, options?: CallOptions): Promise<CancelQueuedResponse>;
  /** Closes the conversation: ends its turn and archives it. */
  close(id: string, options?: CallOptions): Promise<CloseConversationResponse>;
  /** Reads the conversation's prompt into the provider's cache, without a turn. A long prompt may need a longer timeout. */
  warm(request: WarmRequest, options?: CallOptions): Promise<WarmResponse>;
  throughput(query: ThroughputQuery, options?: CallOptions): Promise<ThroughputResponse>;
  /** Tool calls that wait for one's answer; {@link approvalList} keeps them up to date. */
  approvals(options?: CallOptions): Promise<ApprovalsResponse>;
  /** The first answer counts: `applied` says whether it was this one. Without a scope an `allow` is for this call alone. */
  answerApproval(
    id: string,
    decision: 'allow' | 'deny',
    scope?: ApprovalScope,
    options?: CallOptions,
  ): Promise<AnswerApprovalResponse>;
  /** What is allowed in a conversation without asking. */
  grants(id: string, options?: CallOptions): Promise<GrantsResponse>;
  revokeGrant(id: string, grantId: string, options?: CallOptions): Promise<RevokedResponse>;
  /**
   * Opens a socket that comes back by itself until it is closed. While the one before is still connecting for the first time, it is given again
   * and `options` are not looked at: a page that asks twice has one socket.
   *
   * @throws DispatchError `no-web-socket` where the platform has none and none was passed
   */
  connect(options?: ConnectOptions): Connection;
}

/** Makes a client. Nothing is sent or opened before its first call. */
export function createClient(setup: ClientSetup): DispatchClient {
  const { token } = setup;
  const http: HttpSetup = {
    ...(token !== undefined && { token: async () => (typeof token === 'string' ? token : token()) }),
    url: setup.url.replace(/\/+$/, ''),
    fetch: setup.fetch ?? platformFetch,
    clock: setup.clock ?? platformClock,
  };
  const get = <Answer>(call: HttpCall): Promise<Answer> => callJson<Answer>(http, call);
  const of = (id: string) => ({ id });
  let newest: Connection | undefined;

  return {
    health: (options) => get({ route: 'health', options }),
    ready: (options) => get({ route: 'ready', options }),
    version: (options) => get({ route: 'version', options }),
    models: (options) => get({ route: 'models', options }),
    chat: (request, options) => startChat(http, request, options),
    conversations: (query, options) => get({ route: 'conversations', query: { ...query }, options }),
    history: (id, window, options) =>
      get({ route: 'history', params: of(id), query: { ...window }, options }),
    metrics: (id, options) => get({ route: 'conversationMetrics', params: of(id), options }),
    status: (id, options) => get({ route: 'conversationStatus', params: of(id), options }),
    title: (id, options) => get({ route: 'title', params: of(id), options }),
    setTitle: (id, title, options) => get({ route: 'setTitle', params: of(id), body: { title }, options }),
    model: (id, options) => get({ route: 'conversationModel', params: of(id), options }),
    setModel: (id, change, options) =>
      get({ route: 'setConversationModel', params: of(id), body: change, options }),
    cwd: (id, options) => get({ route: 'cwd', params: of(id), options }),
    setCwd: (id, cwd, options) => get({ route: 'setCwd', params: of(id), body: { cwd }, options }),
    stop: (id, request, options) =>
      get({ route: 'stopConversation', params: of(id), body: request ?? {}, options }),
    regenerate: (id, request, options) =>
      get({ route: 'regenerate', params: of(id), body: request, options }),
    versions: (id, turnId, options) => get({ route: 'versions', params: of(id), query: { turnId }, options }),
    activateVersion: (id, turnId, options) =>
      get({ route: 'activateVersion', params: of(id), body: { turnId }, options }),
    fork: (id, request, options) => get({ route: 'fork', params: of(id), body: request, options }),
    queueMessage: (id, request, options) =>
      get({ route: 'queueMessage', params: of(id), body: request, options }),
    queue: (id, options) => get({ route: 'queue', params: of(id), options }),
    changeQueued: (id, messageId, change, options) =>
      get({ route: 'changeQueued', params: { id, messageId }, body: change, options }),
    cancelQueued: (id, messageId, options) =>
      get({ route: 'cancelQueued', params: { id, messageId }, options }),
    close: (id, options) => get({ route: 'closeConversation', params: of(id), options }),
    warm: (request, options) => get({ route: 'warm', body: request, options }),
    throughput: (query, options) => get({ route: 'throughput', query: { ...query }, options }),
    approvals: (options) => get({ route: 'approvals', options }),
    answerApproval: (approvalId, decision, scope, options) =>
      get({
        route: 'answerApproval',
        params: { approvalId },
        body: { decision, ...(scope !== undefined && { scope }) },
        options,
      }),
    grants: (id, options) => get({ route: 'grants', params: of(id), options }),
    revokeGrant: (id, grantId, options) => get({ route: 'revokeGrant', params: { id, grantId }, options }),
    connect(options = {}) {
      if (newest?.state === 'connecting' && newest.hello === undefined) return newest;
      const Socket = setup.WebSocket ?? platformWebSocket();
      if (!Socket) {
        throw new DispatchError({
          code: 'no-web-socket',
          message: 'This platform has no WebSocket.',
          hint: 'Pass one: createClient({ url, WebSocket }), on Node 20 the class of the package ws.',
        });
      }
      // The same at each of its tries, so that the gateway lets go of a line of it that only seems to stand.
      const url = `${http.url.replace(/^http/, 'ws')}/ws?tab=${mintId('tab')}`;
      const Line = token === undefined ? Socket : ticketedSocket(Socket, () => askTicket(http));
      newest = new Connection({ url, Socket: Line, clock: http.clock }, options);
      return newest;
    },
  };
}

/** Undefined: the gateway is of before there were tickets, and of before it asked who somebody is. */
async function askTicket(http: HttpSetup): Promise<string | undefined> {
  try {
    return (await callJson<TicketResponse>(http, { route: 'ticket' })).ticket;
  } catch (error) {
    if (isDispatchError(error) && error.status === 404) return undefined;
    throw error;
  }
}
