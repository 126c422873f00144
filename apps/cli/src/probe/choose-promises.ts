import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';

/**
 * Which promises a list like `A.3,T5-1` means: those of that id, and those below it (`A.3` means `A.3-1`, `B.4-4` means `B.4-4a`). An empty
 * list means all.
 */
export function choosePromises(list: readonly string[], ids: readonly string[]): (id: string) => boolean {
  const parts = list.flatMap((text) => text.split(',')).map((part) => part.trim());
  const asked = parts.filter((part) => part !== '');
  if (asked.length === 0) return () => true;
  const isMeant = (part: string) => (id: string) => id === part || isBelow(part, id);
  const nobodys = asked.find((part) => !ids.some(isMeant(part)));
  if (nobodys !== undefined) {
    throw new CliError(
      'usage',
      EXIT.usage,
      `No promise is called ${nobodys}.`,
      'See them: dispatch probe --list',
    );
  }
  const chosen = new Set(ids.filter((id) => asked.some((part) => isMeant(part)(id))));
  return (id) => chosen.has(id);
}

function isBelow(part: string, id: string): boolean {
  if (!id.startsWith(part)) return false;
  const next = id.charAt(part.length);
  return next === '-' || next === '.' || (/\d$/.test(part) && /[a-z]/.test(next));
}
