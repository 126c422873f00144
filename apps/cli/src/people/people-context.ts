import type { Clock } from '../clock.ts';
import type { Output } from '../output.ts';
import type { Operator } from './operator.ts';

/** What the commands about people work with. */
export interface PeopleContext {
  readonly operator: Operator;
  readonly out: Output;
  readonly clock: Clock;
}
