/** Which photos are picked. One for the whole vault page; a view that is left clears it. */
type Listener = () => void;

export class Selection {
  readonly #ids = new Set<string>();
  readonly #listeners = new Set<Listener>();
  readonly #canPick: (id: string) => boolean;
  #anchor: string | null = null;

  /** What is still on its way up cannot be picked: nothing could be done with it. */
  constructor(canPick: (id: string) => boolean = () => true) {
    this.#canPick = canPick;
  }

  get size(): number {
    return this.#ids.size;
  }

  get ids(): readonly string[] {
    return [...this.#ids];
  }

  /** Where a range starts from. */
  get anchor(): string | null {
    return this.#anchor;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  toggle(id: string): void {
    if (!this.#canPick(id)) return;
    if (!this.#ids.delete(id)) this.#ids.add(id);
    this.#anchor = id;
    this.#tell();
  }

  add(ids: Iterable<string>): void {
    for (const id of ids) if (this.#canPick(id)) this.#ids.add(id);
    this.#tell();
  }

  remove(ids: Iterable<string>): void {
    for (const id of ids) this.#ids.delete(id);
    this.#tell();
  }

  /** All of them when one was missing, else none of them. */
  toggleAll(ids: readonly string[]): void {
    if (ids.every((id) => this.#ids.has(id) || !this.#canPick(id))) this.remove(ids);
    else this.add(ids);
  }

  clear(): void {
    if (this.#ids.size === 0) return;
    this.#ids.clear();
    this.#anchor = null;
    this.#tell();
  }

  /** Forget what is no longer there. */
  keepOnly(exists: (id: string) => boolean): void {
    const gone = this.ids.filter((id) => !exists(id));
    if (gone.length > 0) this.remove(gone);
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
