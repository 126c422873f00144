import { defineConfig } from 'drizzle-kit';

/** `drizzle-kit generate --name <what-changed>` writes the next migration; it never touches a database. */
export default defineConfig({
  dialect: 'sqlite',
  schema: './src/storage/schema.ts',
  out: './drizzle',
});
