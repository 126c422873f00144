import { type Environment, SettingsError } from '@dispatch/link';
import { pino } from 'pino';

/** From which level on the kernel logs: `DISPATCH_LOG_LEVEL`, else `info`. */
export function logLevel(env: Environment): string {
  const level = env['DISPATCH_LOG_LEVEL'] || 'info';
  if (Object.hasOwn(pino.levels.values, level)) return level;
  const levels = Object.keys(pino.levels.values).join(', ');
  throw new SettingsError(`DISPATCH_LOG_LEVEL must be one of ${levels}`);
}
