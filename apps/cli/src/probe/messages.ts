/** The probe says who it is, because people read conversation lists. `words: N` is what demo models go by. */
const ASK = 'This is dispatch probe, which checks that this backend keeps its promises.';

/** Answered in a moment. */
export const quickMessage = (more = ''): string => `${ASK}${more} Answer with one short sentence. words: 16`;

/** Answered over some seconds, while something is done. */
export const slowMessage = (words = 90): string =>
  `${ASK} Write about the sea, about ${words} words. words: ${words}`;

/** Makes a model call a tool, when it has one that tells the time. */
export const toolMessage = (): string => `${ASK} What time is it in Europe/Oslo and in Asia/Tokyo?`;
