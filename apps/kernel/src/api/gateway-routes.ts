import type { RouteName } from '@dispatch/transport-contract';

/** Public routes the gateway answers itself: they need its own state or they stream, and rpc.sock never streams. */
export const GATEWAY_ROUTES = [
  'health',
  'ready',
  'version',
  'chat',
  'signIn',
  'signOut',
  'ticket',
  'metrics',
] as const satisfies readonly RouteName[];

/** Public routes the kernel answers. */
export type KernelRouteName = Exclude<RouteName, (typeof GATEWAY_ROUTES)[number]>;
