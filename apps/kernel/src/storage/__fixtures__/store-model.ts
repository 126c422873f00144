import { conversationRow } from './store-data.ts';

export interface ModelTurn {
  readonly id: string;
  readonly conversationId: string;
  readonly events: string[];
  fence: number;
  sealedAt: number | null;
  trimmed: boolean;
}

export interface ModelKey {
  readonly bodyHash: string;
  readonly result: string;
  readonly expiresAt: number;
}

/** What a store must hold, in plain collections: no transactions, no indexes, no cleverness. */
export class StoreModel {
  fence = 1;
  /** The store's age. */
  age = 0;
  readonly titles = new Map<string, string>();
  readonly turns: ModelTurn[] = [];
  readonly chunks = new Map<string, string[]>();
  readonly keys = new Map<string, ModelKey>();

  running(conversationId: string): ModelTurn | undefined {
    return this.turns.find((turn) => turn.conversationId === conversationId && turn.sealedAt === null);
  }

  turnsOf(conversationId: string): ModelTurn[] {
    return this.turns.filter((turn) => turn.conversationId === conversationId);
  }

  liveKey(key: string): ModelKey | undefined {
    const known = this.keys.get(key);
    return known && known.expiresAt > this.age ? known : undefined;
  }

  start(conversationId: string, turnId: string): void {
    this.titles.set(conversationId, turnId);
    const turn = {
      id: turnId,
      conversationId,
      events: [],
      fence: this.fence,
      sealedAt: null,
      trimmed: false,
    };
    this.turns.push(turn);
  }

  seal(turn: ModelTurn, texts: readonly string[]): void {
    turn.sealedAt = this.age;
    this.chunks.set(turn.conversationId, [...(this.chunks.get(turn.conversationId) ?? []), ...texts]);
  }

  conversation(id: string) {
    const title = this.titles.get(id);
    return title === undefined ? undefined : conversationRow(id, { title });
  }
}
