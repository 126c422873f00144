import { z } from 'zod';
import type { Usage } from '../index.ts';
import { exact, type IsExact } from './exact.ts';

const tokens = z.number();
const optional = tokens.exactOptional();
const equal = z.object({
  inputTokens: tokens,
  outputTokens: tokens,
  cacheReadTokens: optional,
  cacheWriteTokens: optional,
});
exact<Usage>()(equal);
export const holds: IsExact<Usage, typeof equal> = true;

const missing = z.object({ inputTokens: tokens, outputTokens: tokens, cacheReadTokens: optional });
// @ts-expect-error a schema that forgets a field would strip it
exact<Usage>()(missing);
