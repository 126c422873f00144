import type { ReadPrompt } from './read-prompt.ts';
import { shuffled } from './seed.ts';

/** What can be tried while a demo model writes. Each is true of every turn, whoever writes it. */
const SENTENCES = [
  'Each word was written down before it was sent to you, so nothing you have read can be taken back.',
  'Close this window while I am writing, come back later, and the text will have gone on without you.',
  'Open the same conversation twice and both windows show the same words in the same order.',
  'Stop me in the middle and what I have said so far stays, marked as stopped.',
  'A window that joins late first receives what it missed and then goes on live.',
  'My answer depends on your words alone: ask the same thing in a new conversation and you read the same text.',
  'I write about forty tokens a second, which is the pace of a model that thinks for a living.',
  'Behind me stands no network and no bill, so you may try me as long as you like.',
  'When the process that runs me dies, the turn is sealed at its next start with all that you had seen.',
  'The figures of this turn are counted the way a provider counts them, with a cache that remembers beginnings.',
  'Only one turn runs in a conversation at a time; a second message is refused until this one is done.',
  'Messages carry a number in their conversation, without gaps, and clients ask for what comes behind the last one they have.',
];

const CONNECT =
  'To talk to a model that understands you, set ANTHROPIC_API_KEY or OPENAI_API_KEY (for Ollama, vLLM, llama.cpp and other ' +
  'servers OPENAI_BASE_URL), start Dispatch again, and choose one from the list of models.';

/** Who answers. Everything a demo model says begins with it. */
export function introduction(model: string, prompt: ReadPrompt): string {
  const said = prompt.asked === '' ? 'You wrote nothing' : `You wrote “${quoted(prompt.asked, 120)}”`;
  return `${said}. I am demo/${model}, a demo model built into Dispatch: I have no intelligence and only arrange prepared sentences.`;
}

/** So many of the prepared sentences, in an order that follows from the seed. */
export function sentences(seed: number, count: number): string {
  return shuffled(SENTENCES, seed).slice(0, count).join(' ');
}

/** A few paragraphs, the first of them alone. */
export function prose(model: string, prompt: ReadPrompt): readonly string[] {
  const chosen = shuffled(SENTENCES, prompt.seed).slice(0, 6);
  const memory =
    prompt.messages > 1
      ? `This is message ${prompt.messages} from you in this conversation; the first one was “${quoted(prompt.first, 60)}”. `
      : '';
  const middle = [chosen.slice(0, 3).join(' '), `${memory}${chosen.slice(3).join(' ')}`];
  return [introduction(model, prompt), `\n\n${[...middle, CONNECT].join('\n\n')}`];
}

/** Most words of one answer. */
const WORD_LIMIT = 1_000_000;

/** The number in a message that says `words: N`. Undefined: it does not. */
export function wordsAsked(asked: string): number | undefined {
  const digits = /(?:^|\s)words:\s*(\d{1,9})\b/i.exec(asked)?.[1];
  return digits === undefined ? undefined : Math.min(Number(digits), WORD_LIMIT);
}

/** Exactly `count` words: the introduction, then the prepared sentences over and over, in paragraphs. */
export function* manyWords(model: string, prompt: ReadPrompt, count: number): Generator<string> {
  let left = count;
  for (let round = 0; left > 0; round += 1) {
    const text =
      round === 0 ? introduction(model, prompt) : shuffled(SENTENCES, prompt.seed + round).join(' ');
    const words = text.split(/\s+/).slice(0, left);
    yield `${round === 0 ? '' : '\n\n'}${words.join(' ')}`;
    left -= words.length;
  }
}

/** Text on one line, cut between characters. */
export function quoted(text: string, limit: number): string {
  const line = [...text.replace(/\s+/g, ' ').trim()];
  return line.length <= limit ? line.join('') : `${line.slice(0, limit).join('').trimEnd()}…`;
}
