import type { ProbeSession } from './probe-session.ts';

/** What a gateway promises its clients, and how to tell from what was seen whether it keeps it. */
export interface PromiseRow<Seen> {
  /** Stable: what `--only` takes. */
  readonly id: string;
  /** The promise, in a sentence that can be understood alone. */
  readonly says: string;
  readonly judge: (seen: Seen) => Judgement;
}

/** Nothing: it was kept. A text: it was broken, and this shows it. */
export type Judgement = undefined | string | NotApplicable | Unseen;

/** There is nothing here to which the promise could apply. */
export interface NotApplicable {
  readonly notApplicable: string;
}

/** It could not be seen, because something else went wrong before. */
export interface Unseen {
  readonly unseen: string;
}

export const notApplicable = (reason: string): NotApplicable => ({ notApplicable: reason });
export const unseen = (reason: string): Unseen => ({ unseen: reason });

/** What became of one promise. */
export interface Verdict {
  readonly id: string;
  readonly says: string;
  readonly outcome: 'pass' | 'fail' | 'not-applicable';
  /** What shows that it was broken, or why it does not apply. Absent when it was kept. */
  readonly because?: string;
}

/** Something done with a gateway once, and the promises that can be judged from it. */
export interface Experiment {
  readonly name: string;
  /** Whether it starts turns. */
  readonly needsModel: boolean;
  readonly promises: readonly Pick<Verdict, 'id' | 'says'>[];
  /** Verdicts on those of its promises that are wanted, in order. */
  run(session: ProbeSession, isWanted: (id: string) => boolean): Promise<readonly Verdict[]>;
}

export interface ExperimentPlan<Seen> {
  readonly name: string;
  readonly needsModel: boolean;
  /** Does it and tells what it saw. Waits for nothing without end. Throws when it could not be done at all. */
  readonly observe: (session: ProbeSession) => Promise<Seen>;
  readonly rows: readonly PromiseRow<Seen>[];
}

export function experiment<Seen>({ name, needsModel, observe, rows }: ExperimentPlan<Seen>): Experiment {
  return {
    name,
    needsModel,
    promises: rows,
    run: async (session, isWanted) => {
      const wanted = rows.filter(({ id }) => isWanted(id));
      let judge: (row: PromiseRow<Seen>) => Judgement;
      try {
        const seen = await observe(session);
        judge = (row) => row.judge(seen);
      } catch (error) {
        judge = () => unseen(messageOf(error));
      }
      return verdicts(wanted.map((row) => ({ id: row.id, says: row.says, judgement: judged(row, judge) })));
    },
  };
}

function judged<Seen>(row: PromiseRow<Seen>, judge: (row: PromiseRow<Seen>) => Judgement): Judgement {
  try {
    return judge(row);
  } catch (error) {
    return `what came cannot be read: ${messageOf(error)}`;
  }
}

interface Judged {
  readonly id: string;
  readonly says: string;
  readonly judgement: Judgement;
}

/** What could not be seen is put down to what is broken beside it. Where nothing is, it is what is broken. */
function verdicts(all: readonly Judged[]): readonly Verdict[] {
  const isBroken = all.some(({ judgement }) => typeof judgement === 'string');
  return all.map(({ id, says, judgement }) => {
    if (judgement === undefined) return { id, says, outcome: 'pass' };
    if (typeof judgement === 'string') return { id, says, outcome: 'fail', because: judgement };
    if ('notApplicable' in judgement) {
      return { id, says, outcome: 'not-applicable', because: judgement.notApplicable };
    }
    if (!isBroken) return { id, says, outcome: 'fail', because: judgement.unseen };
    return { id, says, outcome: 'not-applicable', because: `it could not be seen: ${judgement.unseen}` };
  });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
