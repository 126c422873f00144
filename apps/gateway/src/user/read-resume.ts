/** Where a client says it stopped. Without an epoch the number is read in the present one. */
export type ResumeCursor = { readonly epoch?: string; readonly seq: number } | 'malformed';

/** The largest number with so many digits is a safe integer. */
const NUMBER = /^\d{1,15}$/;
const CURSOR = /^([0-9A-Za-z_-]{1,64})\.(\d{1,15})$/;

/** `?resume=<epoch>.<seq>` or `?resume_from=<seq>` of an upgrade; undefined: it asks for no resume. */
export function readResume(url: string | undefined): ResumeCursor | undefined {
  const at = url?.indexOf('?') ?? -1;
  if (url === undefined || at === -1) return undefined;
  const query = new URLSearchParams(url.slice(at + 1));
  const resume = query.get('resume');
  if (resume !== null) {
    const [, epoch, seq] = CURSOR.exec(resume) ?? [];
    return epoch === undefined ? 'malformed' : { epoch, seq: Number(seq) };
  }
  const from = query.get('resume_from');
  if (from === null) return undefined;
  return NUMBER.test(from) ? { seq: Number(from) } : 'malformed';
}
