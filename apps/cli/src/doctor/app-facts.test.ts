import { describe, expectTypeOf, it } from 'vitest';
import type { GatewayCheck } from '../../../gateway/src/check.ts';
import type { KernelCheck } from '../../../kernel/src/check/kernel-check.ts';
import type { GatewayFacts, KernelFacts } from './app-facts.ts';

describe('what the processes print for --check', () => {
  it('is what is read here', () => {
    expectTypeOf<KernelCheck>().toExtend<KernelFacts>();
    expectTypeOf<GatewayCheck>().toExtend<GatewayFacts>();
  });
});
