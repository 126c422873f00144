import type { ErrorCode } from '@dispatch/transport-contract';
import type { SurfaceSpec } from '@dispatch/ui-contract';

/**
 * Routes of rpc.sock that only gateways call. Everything else on that socket is a public route of
 * `ROUTES`, relayed as it came.
 */
export const INTERNAL_ROUTES = {
  startTurn: { method: 'POST', path: '/internal/turns' },
  ready: { method: 'GET', path: '/internal/ready' },
  metrics: { method: 'GET', path: '/internal/metrics' },
  invokeSurface: { method: 'POST', path: '/internal/surfaces/invoke' },
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

/** 200 of `GET /internal/metrics`: the kernel's figures in the text format of Prometheus. */
export interface KernelMetricsAnswer {
  readonly text: string;
}

/** Body of `POST /internal/surfaces/invoke`: the fields of a public `invoke` frame. */
export interface InvokeSurfaceBody {
  readonly surfaceId: string;
  readonly actionId: string;
  /** Any JSON value. Absent: the action was given none. */
  readonly payload?: unknown;
  /** The conversation in focus. Not looked at for a global surface. */
  readonly conversationId?: string;
  /** True: the caller watches no such surface, so the answer has to bring the state behind the action. Absent: it does not. */
  readonly wantsState?: boolean;
}

/** A surface as it stood at one moment. */
export interface SurfaceState {
  readonly spec: SurfaceSpec;
  /** Of two states of one surface the higher is the newer; counted as `mark` on events.sock is. */
  readonly mark: number;
  /** The conversation it is of. Absent for a global surface, and while none is in focus. */
  readonly conversationId?: string;
}

/**
 * 200 of `POST /internal/surfaces/invoke`. A body that is none, and a kernel that cannot answer, have the public error body.
 */
export type InvokeSurfaceAnswer =
  | {
      /** The action was carried out, and its one update was written to every link that watches. */
      readonly outcome: 'done';
      /** Age of that update. Absent: nobody watches. */
      readonly mark?: number;
      /** Only when it was asked for, and the surface could be read. */
      readonly state?: SurfaceState;
    }
  | {
      /** The action was not carried out, or failed. */
      readonly outcome: 'refused';
      readonly code: ErrorCode;
      /** One sentence for people. */
      readonly message: string;
      /** The surface as it stands. Absent: there is none, it is not the caller's, or it could not be read. */
      readonly state?: SurfaceState;
    };
