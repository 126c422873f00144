import type { ToolContext } from '@dispatch/extension-api';

/** Characters of both streams together that watchers are shown. */
const MOST = 1_048_576;

/** Shows output to watchers as it comes, up to a limit, and says once when that is reached. */
export function liveOutput(onOutput: ToolContext['onOutput']): ToolContext['onOutput'] {
  let room = MOST;
  return (text, stream) => {
    if (room === 0) return;
    const shown = text.slice(0, room);
    room -= shown.length;
    if (shown !== '') onOutput(shown, stream);
    if (room === 0) onOutput('\n[the rest is not shown while it runs]\n', stream);
  };
}
