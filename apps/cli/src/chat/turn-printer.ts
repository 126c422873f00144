import type { AgentEvent } from '@dispatch/wire';
import type { Output } from '../output.ts';
import { brief, printable } from '../wording.ts';

/** Prints a turn as it happens: its text on stdout, what else it does on stderr. */
export class TurnPrinter {
  readonly #out: Output;
  /** What the last character printed belongs to. */
  #open: 'nothing' | 'text' | 'reasoning' = 'nothing';
  #endsWithNewline = true;

  constructor(out: Output) {
    this.#out = out;
  }

  event(event: AgentEvent): void {
    if (this.#out.json) {
      this.#out.record(event);
      return;
    }
    const { noteStyle } = this.#out;
    switch (event.type) {
      case 'text-delta':
        this.#text(event.delta);
        return;
      case 'reasoning-delta':
        if (this.#open === 'text') this.#closeLine();
        this.#open = 'reasoning';
        this.#out.aside(noteStyle.dim(printable(event.delta)));
        return;
      case 'tool-call':
        this.#note(`${noteStyle.cyan(`→ ${event.toolName}`)} ${noteStyle.dim(brief(event.input))}`);
        return;
      case 'tool-result': {
        const mark = event.isError ? noteStyle.red('✗') : noteStyle.green('✓');
        this.#note(`${mark} ${event.toolName} ${noteStyle.dim(brief(event.content))}`);
        return;
      }
      case 'steering':
        this.#note(`${noteStyle.green('» you')} ${noteStyle.dim(brief(event.text))}`);
        return;
      case 'status':
        this.#note(noteStyle.yellow(statusText(event)));
        return;
      case 'error':
        this.#note(noteStyle.red(`${event.message}${event.code === undefined ? '' : ` (${event.code})`}`));
        return;
      case 'turn-sealed':
        this.#closeLine();
        return;
      case 'step-complete':
        if (this.#open === 'text') this.#closeLine();
        return;
      default:
        // The prompt itself, usage and the like: nothing to read along.
        return;
    }
  }

  /** Something from outside the turn, which must not break into the answer where a program reads it. */
  beside(text: string): void {
    if (this.#open !== 'nothing' && this.#out.interactive) this.#out.aside('\n');
    this.#out.note(text);
  }

  /** Something of the turn that is no text of it, on a line of its own. */
  #note(text: string): void {
    this.#closeLine();
    this.#out.note(printable(text));
  }

  #text(delta: string): void {
    if (this.#open === 'reasoning') this.#closeLine();
    const text = this.#out.interactive ? printable(delta) : delta;
    if (text === '') return;
    this.#open = 'text';
    this.#endsWithNewline = text.endsWith('\n');
    this.#out.text(text);
  }

  #closeLine(): void {
    if (this.#open === 'text' && !this.#endsWithNewline) this.#out.text('\n');
    if (this.#open === 'reasoning') this.#out.aside('\n');
    this.#open = 'nothing';
    this.#endsWithNewline = true;
  }
}

function statusText(event: Extract<AgentEvent, { type: 'status' }>): string {
  const model = event.model === undefined ? '' : ` ${event.model}`;
  if (event.status === 'retrying') {
    const attempt = event.attempt === undefined ? '' : `, attempt ${event.attempt}`;
    const pause = event.delayMs === undefined ? '' : ` in ${(event.delayMs / 1_000).toFixed(1)} s`;
    return `retrying${model}${pause}${attempt}`;
  }
  if (event.status === 'falling-back') return `falling back to${model === '' ? ' the next model' : model}`;
  return event.status;
}
