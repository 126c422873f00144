import { type Connection, isDispatchError } from '@dispatch/client';
import type { Approval } from '@dispatch/collab-contract';
import { askedText, spelledOut, stateText } from '../approvals/approval-text.ts';
import { type ApprovalWatcher, watchApprovals } from '../approvals/watch-approvals.ts';
import type { CommandContext } from '../command-context.ts';
import { askAllow } from './ask-allow.ts';
import type { Questions } from './line-prompt.ts';

export interface ApprovalDeskSetup {
  readonly context: CommandContext;
  readonly connection: Connection;
  readonly conversationId: string;
  /** Where a person is asked. Undefined: nobody sits there, and it is only told. */
  readonly questions: Questions | undefined;
  /** A line that is not of the answer. */
  readonly say: (text: string) => void;
}

/** Says which tool calls of a conversation wait for a person, and where one sits asks about each, oldest first. */
export class ApprovalDesk implements ApprovalWatcher {
  readonly #setup: ApprovalDeskSetup;
  readonly #stopWatching: () => void;
  /** What nobody has answered; the first is asked about. */
  #waiting: readonly Approval[] = [];
  #question: { readonly id: string; readonly taken: AbortController } | undefined;
  /** How they ended has been said: of what is answered here both the answer and an event tell it, in any order. */
  readonly #told = new Set<string>();
  #isAsking = false;

  constructor(setup: ApprovalDeskSetup) {
    this.#setup = setup;
    const { context, connection, conversationId } = setup;
    this.#stopWatching = watchApprovals(context.client, connection, conversationId, this);
  }

  asked(approval: Approval): void {
    const { context, questions } = this.#setup;
    if (context.out.json) context.out.record({ type: 'approval', approval });
    if (!questions) {
      this.#sayAsked(approval);
      return;
    }
    this.#waiting = [...this.#waiting, approval];
    if (!this.#isAsking) void this.#askAll(questions);
  }

  resolved(id: string, approval: Approval | undefined): void {
    const { context, say } = this.#setup;
    this.#waiting = this.#waiting.filter((one) => one.id !== id);
    if (this.#question?.id === id) this.#question.taken.abort();
    if (context.out.json && approval) context.out.record({ type: 'approval', approval });
    if (this.#told.has(id)) return;
    this.#told.add(id);
    if (approval) say(`${this.#outcome(approval)} · ${spelledOut(approval.summary)}`);
    else say(`${id} does not wait any more.`);
  }

  close(): void {
    this.#stopWatching();
    this.#waiting = [];
    this.#question?.taken.abort();
  }

  async #askAll(questions: Questions): Promise<void> {
    this.#isAsking = true;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (await this.#ask(questions, next)) this.#drop(next);
    }
    this.#isAsking = false;
  }

  #drop({ id }: Approval): void {
    this.#waiting = this.#waiting.filter((one) => one.id !== id);
  }

  /** False: the answer did not arrive, so it has to be asked again. */
  async #ask(questions: Questions, approval: Approval): Promise<boolean> {
    const { context, say } = this.#setup;
    const { clock, client, out } = context;
    const { id, pattern, tool } = approval;
    const taken = new AbortController();
    this.#question = { id, taken };
    this.#sayAsked(approval);
    if (pattern !== null) {
      say(out.noteStyle.dim(`  always covers: ${spelledOut(tool)} ${spelledOut(pattern)}`));
    }
    const wish = await askAllow(questions, approval, clock, taken.signal);
    this.#question = undefined;
    if (taken.signal.aborted) return true;
    if (wish === undefined) {
      say(`Left unanswered. From elsewhere: dispatch approvals allow ${id}`);
      return true;
    }
    try {
      const { approval: now, applied } = await client.answerApproval(id, wish.decision, wish.scope);
      if (!this.#told.has(id)) say(`${applied ? '' : 'Somebody was first: '}${this.#outcome(now)}`);
      this.#told.add(id);
      return true;
    } catch (error) {
      say(out.noteStyle.red(`Not answered: ${error instanceof Error ? error.message : String(error)}`));
      return isDispatchError(error) && error.status === 404;
    }
  }

  #sayAsked(approval: Approval): void {
    const { noteStyle } = this.#setup.context.out;
    const how = noteStyle.dim(`· dispatch approvals allow ${approval.id}`);
    this.#setup.say(`${noteStyle.yellow('? waits for an answer:')} ${askedText(approval)} ${how}`);
  }

  #outcome(approval: Approval): string {
    const { context, connection } = this.#setup;
    const { noteStyle } = context.out;
    const mark = approval.state === 'allowed' ? noteStyle.green('✓') : noteStyle.red('✗');
    return `${mark} ${stateText(approval, connection.hello?.user)}`;
  }
}
