/**
 * A foreign process over a database. For each line, `write 1000` or `read 1000`, it holds the write lock, or a state to read from, for so many
 * milliseconds. Says `held` when it has it and `free` when it has given it back.
 */
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';

const database = new Database(process.argv[2] ?? '', { fileMustExist: true, timeout: 5_000 });

for await (const line of createInterface({ input: process.stdin })) {
  const [what, ms] = line.split(' ');
  database.exec(what === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN');
  database.prepare('select count(*) from meta').get();
  process.stdout.write('held\n');
  await new Promise((resolve) => setTimeout(resolve, Number(ms)));
  database.exec('ROLLBACK');
  process.stdout.write('free\n');
}
