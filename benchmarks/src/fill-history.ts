import { fillDatabase } from './fill-database.ts';

/** Turns of so many chunks each. */
const PER_TURN = 50;

/** Makes a database with the conversation `filled`, which has so many chunks. */
export function fillHistory(dataDir: string, chunks: number): Promise<void> {
  const turnIdOf = (ordinal: number) => `trn_${String(ordinal).padStart(26, '0')}`;
  return fillDatabase(dataDir, (filling) => {
    filling.conversation('filled');
    for (let seq = 1; seq <= chunks; seq += 1) {
      const ordinal = Math.ceil(seq / PER_TURN);
      const turnId = turnIdOf(ordinal);
      if (seq % PER_TURN === 1) {
        filling.turn('filled', turnId, ordinal, ordinal === 1 ? null : turnIdOf(ordinal - 1));
      }
      const text = `Chunk ${seq} of a long conversation, of a usual length.`;
      filling.chunk('filled', turnId, seq, 'assistant', text);
    }
    filling.heads('filled', chunks, Math.ceil(chunks / PER_TURN));
  });
}
