import type { Clock } from './clock.ts';

/** Something that waits for one moment at a time. */
export interface Alarm {
  /** When, on the clock that never goes back. Kept by `Alarms`, as is the next. */
  dueAt: number;
  /** Its place among those that wait; `NOT_SET`: it waits for nothing. */
  place: number;
  ring(): void;
}

export const NOT_SET = -1;

/**
 * Many alarms on one timer of the system, for what each of thousands of connections waits for. A heap: none comes before the one at half its place.
 */
export class Alarms {
  readonly #clock: Clock;
  readonly #waiting: Alarm[] = [];
  /** What the timer is set to; undefined: it is not. */
  #timerAt: number | undefined;
  #cancelTimer: () => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rings once after `ms`, instead of whenever it was to ring before. */
  set(alarm: Alarm, ms: number): void {
    this.cancel(alarm);
    alarm.dueAt = this.#clock.mono() + ms;
    this.#rise(alarm, this.#waiting.length);
    this.#setTimer();
  }

  /** Does not ring any more. */
  cancel(alarm: Alarm): void {
    if (alarm.place === NOT_SET) return;
    this.#remove(alarm);
    if (this.#waiting.length === 0) this.#stopTimer();
  }

  #ringAll(): void {
    this.#timerAt = undefined;
    const now = this.#clock.mono();
    for (let [first] = this.#waiting; first !== undefined && first.dueAt <= now; [first] = this.#waiting) {
      this.#remove(first);
      first.ring();
    }
    this.#setTimer();
  }

  /** A timer that comes too early is let come: it only sets the next one. */
  #setTimer(): void {
    const [first] = this.#waiting;
    if (first === undefined || (this.#timerAt !== undefined && this.#timerAt <= first.dueAt)) return;
    this.#stopTimer();
    this.#timerAt = first.dueAt;
    this.#cancelTimer = this.#clock.after(Math.max(0, first.dueAt - this.#clock.mono()), () =>
      this.#ringAll(),
    );
  }

  #stopTimer(): void {
    this.#cancelTimer();
    this.#timerAt = undefined;
  }

  #remove(alarm: Alarm): void {
    const { place } = alarm;
    alarm.place = NOT_SET;
    const last = this.#waiting.pop();
    if (last === undefined || last === alarm) return;
    this.#rise(last, place);
    this.#sink(last);
  }

  /** From this place on towards the first. */
  #rise(alarm: Alarm, from: number): void {
    let place = from;
    while (place > 0) {
      const above = Math.floor((place - 1) / 2);
      const other = this.#waiting[above];
      if (other === undefined || other.dueAt <= alarm.dueAt) break;
      this.#put(other, place);
      place = above;
    }
    this.#put(alarm, place);
  }

  #sink(alarm: Alarm): void {
    let { place } = alarm;
    for (;;) {
      const below = this.#earlierOf(place * 2 + 1, place * 2 + 2);
      if (below === undefined || below.dueAt >= alarm.dueAt) break;
      const next = below.place;
      this.#put(below, place);
      place = next;
    }
    this.#put(alarm, place);
  }

  #earlierOf(left: number, right: number): Alarm | undefined {
    const one = this.#waiting[left];
    const other = this.#waiting[right];
    return one !== undefined && other !== undefined && other.dueAt < one.dueAt ? other : one;
  }

  #put(alarm: Alarm, place: number): void {
    this.#waiting[place] = alarm;
    alarm.place = place;
  }
}
