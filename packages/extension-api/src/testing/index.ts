export {
  createTestHost,
  type RouteAnswer,
  TestHost,
  type TestHostSettings,
} from './create-test-host.ts';
export type { LoggedLine } from './test-activation.ts';
export type { TestModels, WarmScript } from './test-models.ts';
export type { InvokeOutcome, TestSubscription, TestSurfaces } from './test-surfaces.ts';
export type { VirtualClock } from './virtual-clock.ts';
