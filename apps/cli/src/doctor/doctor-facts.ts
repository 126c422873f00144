import type { GatewayFacts, KernelFacts } from './app-facts.ts';
import type { BuiltFacts } from './built-files.ts';
import type { InstanceFacts } from './instance-facts.ts';
import type { SupervisorFacts } from './supervisor-facts.ts';

/** A process that could not be asked, and why. */
export interface Unasked {
  readonly unasked: string;
}

/** Everything the checks judge. Gathered once; the checks themselves look at nothing else. */
export interface DoctorFacts {
  /** `process.versions.node`. */
  readonly node: string;
  /** Lowest version that is supported, `20.19`. */
  readonly neededNode: string;
  /** Descriptors a process of this shell may open. Null: unlimited or unknown. */
  readonly openFiles: number | null;
  readonly built: BuiltFacts;
  readonly kernel: KernelFacts | Unasked;
  readonly gateway: GatewayFacts | Unasked;
  /** What answers where the gateway would listen. Null: nobody knows where that is. */
  readonly instance: InstanceFacts | null;
  readonly supervisor: SupervisorFacts;
  /** The network was left out. */
  readonly offline: boolean;
  /** What starts Dispatch here: `npm start` in a clone. */
  readonly start: string;
  /** What builds it: only in a clone. */
  readonly build: string;
}
