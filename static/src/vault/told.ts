/**
 * What the service was asked for, for all of a page that want to know it: whoever opens the vault needs the same
 * few facts at the same moment, and each way to the service and back is long on a phone.
 */
interface Asked<Answer> {
  readonly answer: Promise<Answer>;
  /** When it came, by the clock that was handed in; null while it is awaited. */
  at: number | null;
}

export class Told<Answer> {
  readonly #ask: () => Promise<Answer>;
  readonly #now: () => number;
  #asked: Asked<Answer> | null = null;

  /** `now` counts milliseconds and never runs backwards. */
  constructor(ask: () => Promise<Answer>, now: () => number = () => performance.now()) {
    this.#ask = ask;
    this.#now = now;
  }

  /** As it is now. Whoever asks while another waits hears the same answer. @throws what asking throws. */
  async fresh(): Promise<Answer> {
    return await (this.#asked?.at === null ? this.#asked : this.#begin()).answer;
  }

  /** As it was told at most so many milliseconds ago; asked for where it was not. @throws what asking throws. */
  async within(milliseconds: number): Promise<Answer> {
    const at = this.#asked?.at ?? null;
    if (this.#asked === null || (at !== null && this.#now() - at > milliseconds)) return await this.#begin().answer;
    return await this.#asked.answer;
  }

  /** What was told, or is being told, is not so any more: whoever asks from now on is told anew. */
  forget(): void {
    this.#asked = null;
  }

  #begin(): Asked<Answer> {
    const asked: Asked<Answer> = { answer: this.#ask(), at: null };
    this.#asked = asked;
    asked.answer.then(
      () => { asked.at = this.#now(); },
      // What did not come is asked for again.
      () => { if (this.#asked === asked) this.#asked = null; },
    );
    return asked;
  }
}
