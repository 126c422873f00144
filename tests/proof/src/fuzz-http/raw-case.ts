import type { Random } from '../random.ts';

/** Bytes a client sends on a connection of its own, and what may come of them. */
export interface RawCase {
  readonly bytes: Buffer;
  /** Final answers there may be at most: one for each request a careful reader sees. */
  readonly answers: number;
  /** Statuses the first answer may have. */
  readonly first: readonly number[];
  /** True: closing without an answer is as good; a broken request may be cut while it is answered. */
  readonly mayCut: boolean;
}

/** What a case is made for. */
export interface RawOptions {
  readonly random: Random;
  readonly host: string;
  /** Sets the title of a conversation that must never exist: what somebody hides inside another request. */
  readonly hidden: string;
}

/** Makes the bytes of one kind. */
export type MakeRaw = (options: RawOptions) => RawCase;

/** Bytes that are refused, unless told otherwise. */
export const refused = (bytes: string | Buffer, more: Partial<RawCase> = {}): RawCase => ({
  bytes: Buffer.from(bytes as string, 'latin1'),
  answers: 1,
  first: [400, 431],
  mayCut: true,
  ...more,
});

export const post = (host: string, headers: string, body: string, target = '/chat/warm'): string =>
  `POST ${target} HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n${body}`;
