import { z } from 'zod';
import type { User } from '../index.ts';
import { exact, type IsExact } from './exact.ts';

const equal = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(['owner', 'admin', 'member', 'guest']),
});
exact<User>()(equal);
export const holds: IsExact<User, typeof equal> = true;

const missing = z.object({ id: z.string(), name: z.string() });
// @ts-expect-error a schema that forgets a field would strip it
exact<User>()(missing);
