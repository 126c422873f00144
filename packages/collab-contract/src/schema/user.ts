import { z } from 'zod';
import type { User } from '../index.ts';
import { exact } from './exact.ts';

/** Checks a {@link User}. */
export const userSchema: z.ZodType<User> = exact<User>()(
  z.object({ id: z.string(), name: z.string(), role: z.enum(['owner', 'admin', 'member', 'guest']) }),
);
