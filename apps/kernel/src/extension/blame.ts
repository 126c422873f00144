import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const FRAME = /(?:\(|at (?:async )?)((?:file:\/\/)?\/[^()]*?):\d+:\d+\)?$/;

/**
 * Which of these folders the code lies in that brought about an exception nobody caught: that of the innermost frame of its stack that lies in any of them, since
 * a refused call of the kernel has the kernel's own frames before it. Undefined: none of them, or it has no stack.
 */
export function blamedRoot(error: unknown, roots: readonly string[]): string | undefined {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return undefined;
  // What the message says about places is not where it came from.
  const words = error.stack.indexOf(error.message);
  const frames = error.stack.slice(words < 0 ? 0 : words + error.message.length);
  for (const line of frames.split('\n')) {
    const place = FRAME.exec(line.trim())?.[1];
    if (place === undefined) continue;
    const path = pathOf(place);
    const found = roots.find((root) => path === root || path.startsWith(`${root}${sep}`));
    if (found !== undefined) return found;
  }
  return undefined;
}

function pathOf(place: string): string {
  try {
    return place.startsWith('file://') ? fileURLToPath(place) : place;
  } catch {
    return place;
  }
}
