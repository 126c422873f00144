/**
 * Routes of rpc.sock that only gateways call. Everything else on that socket is a public route of
 * `ROUTES`, relayed as it came.
 */
export const INTERNAL_ROUTES = {
  startTurn: { method: 'POST', path: '/internal/turns' },
  ready: { method: 'GET', path: '/internal/ready' },
} as const;

/** Body of `POST /internal/turns`: the fields of a public chat request, validated by the gateway. */
export interface StartTurnBody {
  /** Absent: the kernel mints one. */
  readonly conversationId?: string;
  /** Not empty; kept byte for byte. */
  readonly message: string;
  /** Full name. Absent: the conversation's model, else the default. Present: becomes the conversation's. */
  readonly model?: string;
  /** Absent: the conversation's. Present: becomes the conversation's. */
  readonly cwd?: string;
  /** 1–128 visible ASCII characters. Absent: each request starts a turn of its own. */
  readonly idempotencyKey?: string;
}

/**
 * 200 of `POST /internal/turns`. `started`: the user's message is durable. `repeated`: the same key and body started this
 * turn before. `busy`: another turn of the conversation, named here, is running; nothing was stored.
 * Every refusal (422, 404, 507, 503) has the public error body.
 */
export interface StartTurnAnswer {
  readonly outcome: 'started' | 'repeated' | 'busy';
  readonly conversationId: string;
  readonly turnId: string;
}

/** 200 of `GET /internal/ready`: the store can commit and new turns are accepted. Otherwise 503 with an error body. */
export interface KernelReadyAnswer {
  readonly ok: true;
}
