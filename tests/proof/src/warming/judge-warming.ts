import type { Deed, Life, SeenRequest, WarmedConversation, World } from './record.ts';

/** What two processes told may be seen in the wrong order by this much. */
const BLUR_MS = 100;
/** Switching off gives up nothing that is on its way; a close does. */
const SWITCH_MS = 600;
/** Timers of the platform count whole milliseconds, on clocks of their own. */
const EARLY_MS = 30;
/** How late a warm may come on a busy machine. */
const LATE_MS = 2_500;
/** A quiet time may be this much longer for each warm that was lost on the way: the pause doubles. */
const MOST_DOUBLINGS = 6;

/** What is wrong with the requests of one conversation, each line beginning with the id of the promise; empty when nothing is. */
export function warmingFaults(
  conversation: WarmedConversation,
  requests: readonly SeenRequest[],
  world: World,
  until: number,
): readonly string[] {
  const mine = requests.filter(({ conversationId }) => conversationId === conversation.conversationId);
  const warms = mine.filter(({ kind }) => kind === 'warm');
  return [
    ...whileOff(conversation, warms),
    ...duringTurns(conversation, mine, warms, world),
    ...tooSoon(conversation, warms, world),
    ...tooLate(conversation, mine, warms, world, until),
    ...otherModel(conversation, warms),
  ].map((line) => `${line} (${conversation.conversationId})`);
}

/** W6: from the answer of a close (or of switching off) to the next wish to have it on. */
function whileOff({ deeds }: WarmedConversation, warms: readonly SeenRequest[]): string[] {
  return offTimes(deeds).flatMap(({ from, to, what }) =>
    warms
      .filter(({ at }) => at > from + (what === 'close' ? BLUR_MS : SWITCH_MS) && at < to)
      .map(({ at }) => `W6: a warm arrived ${Math.round(at - from)} ms behind an answered ${what}`),
  );
}

/** W11: one warm at a time, and none while the turn of its conversation runs. */
function duringTurns(
  { turns }: WarmedConversation,
  mine: readonly SeenRequest[],
  warms: readonly SeenRequest[],
  { lives }: World,
): string[] {
  const faults: string[] = [];
  for (const [index, { at }] of warms.entries()) {
    if (warms.slice(0, index).some((before) => before.endedAt > at)) faults.push('W11: two warms at once');
    const asked = mine.find((one) => one.kind === 'turn' && one.at < at && at < one.endedAt);
    if (asked !== undefined)
      faults.push(`W11: a warm while the model answers, ${Math.round(at - asked.at)} ms in`);
    for (const { turnId, ackedAt, ranAt } of turns) {
      const died = lives.find(({ diedAt }) => diedAt > ackedAt)?.diedAt ?? Number.POSITIVE_INFINITY;
      if (at > ackedAt + BLUR_MS && at < Math.min(ranAt, died)) {
        faults.push(`W11: a warm ${Math.round(at - ackedAt)} ms into turn ${turnId}`);
      }
    }
  }
  return faults;
}

/** W12, and what was in flight when a kernel died: never sooner than an interval, unless a start found the clock set meanwhile. */
function tooSoon(
  { intervalMs }: WarmedConversation,
  warms: readonly SeenRequest[],
  { lives, jumps }: World,
): string[] {
  const faults: string[] = [];
  for (const [index, { at }] of warms.entries()) {
    const before = warms[index - 1];
    if (before === undefined) continue;
    const start = lives.findLast(({ spawnedAt }) => spawnedAt < at)?.spawnedAt ?? 0;
    const reborn = before.isLost ? startBehind(lives, before.endedAt) : undefined;
    if (reborn !== undefined && at < reborn + intervalMs - EARLY_MS) {
      faults.push(
        `W12: a warm that a dying kernel left was repeated ${Math.round(at - reborn)} ms behind the start`,
      );
    }
    const isExcused = start > before.at && jumps.some((jump) => jump > before.at && jump < at);
    if (!isExcused && at - before.at < intervalMs - EARLY_MS) {
      faults.push(`W12: two warms ${Math.round(at - before.at)} ms apart at an interval of ${intervalMs} ms`);
    }
  }
  return faults;
}

/** The start behind the death that ended something. Undefined: no death did. */
function startBehind(lives: readonly Life[], endedAt: number): number | undefined {
  const died = lives.findIndex(({ diedAt }) => endedAt > diedAt - BLUR_MS && endedAt < diedAt + 3 * BLUR_MS);
  return died < 0 ? undefined : lives[died + 1]?.spawnedAt;
}

/** W7, W8: whoever is on and rests is warmed, whoever watches and whatever died. */
function tooLate(
  { deeds, turns, intervalMs }: WarmedConversation,
  mine: readonly SeenRequest[],
  warms: readonly SeenRequest[],
  { lives }: World,
  until: number,
): string[] {
  const faults: string[] = [];
  for (const { readyAt, diedAt } of lives) {
    const lifeEnd = Math.min(diedAt, until);
    const breaks = [
      readyAt,
      lifeEnd,
      ...deeds.flatMap(({ askedAt, answeredAt }) => [askedAt, answeredAt]),
      ...turns.flatMap(({ ackedAt, sealedAt }) => [ackedAt, sealedAt]),
      ...mine.flatMap(({ kind, at, endedAt }) => (kind === 'turn' ? [at, endedAt] : [at])),
    ]
      .filter((at) => at >= readyAt && at <= lifeEnd)
      .sort((a, b) => a - b);
    for (const [index, from] of breaks.entries()) {
      const to = breaks[index + 1] ?? from;
      const lost = lostBefore(warms, lives, from);
      const allowed = 2 * intervalMs * 2 ** Math.min(lost, MOST_DOUBLINGS) + LATE_MS;
      const flight = warms.some(({ at, endedAt }) => at <= from && endedAt > to);
      if (to - from > allowed && !flight && isOnAt(deeds, from) && !runsAt(turns, from, lives)) {
        faults.push(
          `W8: on and at rest for ${Math.round(to - from)} ms at an interval of ${intervalMs} ms, and no warm came`,
        );
      }
    }
  }
  return faults;
}

function otherModel({ model }: WarmedConversation, warms: readonly SeenRequest[]): string[] {
  return warms.flatMap((warm) =>
    warm.model === model ? [] : [`W8: ${warm.model} was warmed instead of ${model}`],
  );
}

/** From each answer that says off to the next wish that says on. */
function offTimes(deeds: readonly Deed[]): readonly { from: number; to: number; what: Deed['what'] }[] {
  return deeds.flatMap(({ what, answeredAt }, index) => {
    if (what === 'on' || !Number.isFinite(answeredAt)) return [];
    const next = deeds.slice(index + 1).find((deed) => deed.what === 'on');
    return [{ what, from: answeredAt, to: next?.askedAt ?? Number.POSITIVE_INFINITY }];
  });
}

/** Whether it is certainly on: the last thing anybody asked for is that, and it was answered. */
export function isOnAt(deeds: readonly Deed[], at: number): boolean {
  const last = deeds.findLast(({ askedAt }) => askedAt <= at);
  return last?.what === 'on' && last.answeredAt <= at;
}

function runsAt(turns: WarmedConversation['turns'], at: number, lives: readonly Life[]): boolean {
  return turns.some(({ ackedAt, sealedAt }) => {
    const died = lives.find(({ diedAt }) => diedAt > ackedAt)?.diedAt ?? Number.POSITIVE_INFINITY;
    return ackedAt <= at && at < Math.min(sealedAt, died);
  });
}

/** Deaths of the kernel since the last warm that was answered: each may have cost one, seen or not. */
function lostBefore(warms: readonly SeenRequest[], lives: readonly Life[], at: number): number {
  const good = warms.findLast((warm) => !warm.isLost && warm.endedAt <= at)?.endedAt ?? 0;
  return lives.filter(({ diedAt }) => diedAt >= good - BLUR_MS && diedAt <= at).length;
}
