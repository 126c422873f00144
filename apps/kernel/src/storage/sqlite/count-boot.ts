import { StoreRefusedError } from '../store-refused-error.ts';
import type { Connection } from './connection.ts';

/** Which database this is, and which start of the kernel on it. */
export interface Boot {
  /** 128 random bits as hex, made with the database. */
  readonly epoch: string;
  /** 1 for the first start. */
  readonly fence: number;
}

/** Counts this start, durably, before it may own anything. */
export function countBoot({ database, immediate }: Connection): Boot {
  const read = database.prepare<[string], string>('select value from meta where key = ?').pluck();
  const write = database.prepare("update meta set value = ? where key = 'boot-counter'");
  return immediate(() => {
    const epoch = read.get('epoch');
    const boots = Number(read.get('boot-counter'));
    if (epoch === undefined || !Number.isSafeInteger(boots)) {
      throw new StoreRefusedError(
        `${database.name} has lost its epoch or its boot counter. Restore it from a backup.`,
      );
    }
    write.run(String(boots + 1));
    return { keep: true, value: { epoch, fence: boots + 1 } };
  });
}
