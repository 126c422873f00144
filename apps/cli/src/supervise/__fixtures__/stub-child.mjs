// Stands for the kernel or the gateway: behaves as they do towards `dispatch up`, and as the environment says.
import { appendFileSync } from 'node:fs';

const { STUB_LOG, STUB_NAME = 'stub', STUB_EXIT, STUB_DRAIN_MS = '0', STUB_SAYS } = process.env;
const tell = (what) => appendFileSync(STUB_LOG, `${STUB_NAME} ${what} ${process.pid}\n`);

tell('started');
if (STUB_SAYS) process.stderr.write(`${STUB_SAYS}\n`);
if (STUB_EXIT) process.exit(Number(STUB_EXIT));

let draining = false;
function drain(why) {
  if (draining) {
    if (why === 'SIGTERM') process.exit(0);
    return;
  }
  draining = true;
  tell(why);
  setTimeout(() => {
    tell('drained');
    process.exit(0);
  }, Number(STUB_DRAIN_MS));
}
process.on('SIGINT', () => {});
process.on('SIGTERM', () => drain('SIGTERM'));
process.stdin.on('end', () => drain('stdin-end'));
process.stdin.resume();
setInterval(() => {}, 60_000);
process.send?.({ type: 'ready', dataDirectory: '/data', host: '127.0.0.1', httpPort: 1, wsPort: 2 });
