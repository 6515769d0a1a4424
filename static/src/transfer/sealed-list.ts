/**
 * Lists of what still waits, one per page, sealed on this device: what a page had on its hands when it was closed
 * is taken over by the next.
 */
import { list } from "../api/shape.ts";
import type { Bytes } from "../crypto/bytes.ts";
import { openRecord, sealRecord, type JsonValue } from "../crypto/record.ts";
import { contextOf } from "../vault/library/keyring.ts";
import type { PlanOwner } from "./plan.ts";

/** Where sealed lists lie, one per page. */
export interface ListShelf {
  ids(): Promise<readonly string[]>;
  get(id: string): Promise<Bytes | null>;
  put(id: string, sealed: Bytes): Promise<void>;
  remove(id: string): Promise<void>;
}

/** Runs a job if the page that wrote list `id` is gone; null if it is not. */
export type IfAbandoned = <T>(id: string, job: () => Promise<T>) => Promise<T | null>;

export interface ListKind<Item> {
  /** What a list is sealed as: a part of the purpose `upload-plan`. */
  readonly part: string;
  /** An item as it was written, or null for what is none. */
  readonly read: (value: unknown) => Item | null;
}

export class SealedList<Item> {
  readonly #id: string;
  readonly #shelf: ListShelf;
  readonly #owner: PlanOwner;
  readonly #ifAbandoned: IfAbandoned;
  readonly #kind: ListKind<Item>;
  #kept: readonly Item[] = [];

  constructor(id: string, shelf: ListShelf, owner: PlanOwner, ifAbandoned: IfAbandoned, kind: ListKind<Item>) {
    this.#id = id;
    this.#shelf = shelf;
    this.#owner = owner;
    this.#ifAbandoned = ifAbandoned;
    this.#kind = kind;
  }

  /** Write down what waits on this page; nothing waiting leaves no list. */
  async remember(items: readonly Item[]): Promise<void> {
    this.#kept = items;
    if (items.length === 0) return await this.#shelf.remove(this.#id);
    const sealed = await sealRecord(items as unknown as JsonValue, this.#owner.indexKey, this.#context(this.#id));
    await this.#shelf.put(this.#id, sealed);
  }

  /** Take over the lists of pages that are gone. */
  async leftBehind(): Promise<readonly Item[]> {
    const items: Item[] = [];
    for (const id of await this.#shelf.ids()) {
      if (id === this.#id) continue;
      items.push(...((await this.#ifAbandoned(id, () => this.#take(id))) ?? []));
    }
    return items;
  }

  /** Into the list of this page before the other goes: whoever is killed in between has it twice, and not never. */
  async #take(id: string): Promise<readonly Item[]> {
    const sealed = await this.#shelf.get(id);
    const opened = sealed === null ? null : await openRecord(sealed, this.#owner.indexKey, this.#context(id)).catch(() => null);
    const items = list(opened).map(this.#kind.read).filter((item) => item !== null);
    if (items.length > 0) await this.remember([...this.#kept, ...items]);
    await this.#shelf.remove(id);
    return items;
  }

  #context(id: string): ReturnType<typeof contextOf<"upload-plan">> {
    return contextOf("upload-plan", this.#owner.accountId, id, 1, this.#kind.part);
  }
}
