import Database from 'better-sqlite3';

/** Whether the compiled half of the database driver fits this Node. */
export type NativeModule =
  | { readonly loads: true; readonly sqlite: string }
  | { readonly loads: false; readonly reason: string };

/** Loads it by opening a database in memory; importing the driver alone does not. */
export function tryNativeModule(): NativeModule {
  try {
    const database = new Database(':memory:');
    const sqlite = database.prepare<[], string>('select sqlite_version()').pluck().get() ?? '';
    database.close();
    return { loads: true, sqlite };
  } catch (error) {
    return { loads: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
