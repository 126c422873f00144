import type { IncomingMessage } from 'node:http';
import { type Refusal, refuse } from '../refusal.ts';

/** Bytes a request body may have. Told to clients in `hello.limits.bodyBytes`. */
export const BODY_CAP_BYTES = 1024 * 1024;

export type ReadBody =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly refusal: Refusal };

/** Whether the client says itself that its body is over the cap. */
export function isAnnouncedTooLarge(incoming: IncomingMessage): boolean {
  return Number(incoming.headers['content-length'] ?? 0) > BODY_CAP_BYTES;
}

export const BODY_TOO_LARGE = refuse('body-too-large', `A body may have ${BODY_CAP_BYTES} bytes.`);

/** The whole body, or a refusal as soon as it is over the cap; never holds more than the cap. */
export function readBody(incoming: IncomingMessage): Promise<ReadBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= BODY_CAP_BYTES) {
        chunks.push(chunk);
        return;
      }
      finish({ ok: false, refusal: BODY_TOO_LARGE });
    };
    const onEnd = (): void => finish({ ok: true, bytes: Buffer.concat(chunks) });
    const onClose = (): void =>
      finish({ ok: false, refusal: refuse('invalid-request', 'The body broke off.') });
    const finish = (result: ReadBody): void => {
      incoming.off('data', onData).off('end', onEnd).off('error', onClose).off('close', onClose);
      incoming.on('error', () => undefined);
      resolve(result);
    };
    incoming.on('data', onData).on('end', onEnd).on('error', onClose).on('close', onClose);
  });
}
