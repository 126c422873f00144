import { request } from './http.ts';

const EVERY_MS = 50;

/** Somebody who answers each call that asks first, as soon as it does. */
export interface Answering {
  /** Calls that were answered. */
  readonly answered: readonly { readonly tool: string; readonly summary: string }[];
  /** Answers no more. */
  stop(): Promise<void>;
}

/** Answers whatever waits for an answer, over and over. */
export function answerApprovals(httpUrl: string, decision: 'allow' | 'deny'): Answering {
  const answered: { tool: string; summary: string }[] = [];
  let going = true;
  const answer = async () => {
    while (going) {
      // While a process is down there is nobody to answer to.
      const waiting = await request(httpUrl, 'GET', '/approvals').catch(() => undefined);
      for (const { id, tool, summary } of waiting?.body?.approvals ?? []) {
        const given = await request(httpUrl, 'POST', `/approvals/${id}`, { decision }).catch(() => undefined);
        if (given?.body?.applied === true) answered.push({ tool, summary });
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  };
  const over = answer();
  return {
    answered,
    stop: async () => {
      going = false;
      await over;
    },
  };
}
