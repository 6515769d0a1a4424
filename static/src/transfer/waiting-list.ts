/**
 * Which files were chosen but not yet encrypted, sealed on this device.
 *
 * A page cannot read a chosen file again after it was reloaded. So that nothing is forgotten in
 * silence, the next page can at least say which ones to choose again.
 */
import { isRecord, list, numberOr, text, textOrNull } from "../api/shape.ts";
import type { Bytes } from "../crypto/bytes.ts";
import { openRecord, sealRecord, type JsonValue } from "../crypto/record.ts";
import { contextOf } from "../vault/library/keyring.ts";
import type { WaitingFile } from "./contract.ts";
import type { PlanOwner } from "./plan.ts";

/** Where sealed lists lie, one per page. */
export interface WaitingShelf {
  ids(): Promise<readonly string[]>;
  get(id: string): Promise<Bytes | null>;
  put(id: string, sealed: Bytes): Promise<void>;
  remove(id: string): Promise<void>;
}

/** Runs a job if the page that wrote list `id` is gone; null if it is not. */
export type IfAbandoned = <T>(id: string, job: () => Promise<T>) => Promise<T | null>;

function readFile(value: unknown): WaitingFile | null {
  if (!isRecord(value) || typeof value["name"] !== "string") return null;
  const choice = value["choice"];
  return {
    name: value["name"],
    path: text(value["path"], value["name"]),
    bytes: numberOr(value["bytes"], 0),
    choice: choice === "keep" || choice === "remove" ? choice : "remember",
    albumId: textOrNull(value["albumId"]),
  };
}

export class WaitingList {
  readonly #id: string;
  readonly #shelf: WaitingShelf;
  readonly #owner: PlanOwner;
  readonly #ifAbandoned: IfAbandoned;

  constructor(id: string, shelf: WaitingShelf, owner: PlanOwner, ifAbandoned: IfAbandoned) {
    this.#id = id;
    this.#shelf = shelf;
    this.#owner = owner;
    this.#ifAbandoned = ifAbandoned;
  }

  /** Write down what waits on this page; nothing waiting leaves no list. */
  async remember(files: readonly WaitingFile[]): Promise<void> {
    if (files.length === 0) return await this.#shelf.remove(this.#id);
    const sealed = await sealRecord(files as unknown as JsonValue, this.#owner.indexKey, this.#context(this.#id));
    await this.#shelf.put(this.#id, sealed);
  }

  /** Take over the lists of pages that are gone. */
  async leftBehind(): Promise<readonly WaitingFile[]> {
    const files: WaitingFile[] = [];
    for (const id of await this.#shelf.ids()) {
      if (id === this.#id) continue;
      files.push(...((await this.#ifAbandoned(id, () => this.#take(id))) ?? []));
    }
    return files;
  }

  async #take(id: string): Promise<readonly WaitingFile[]> {
    const sealed = await this.#shelf.get(id);
    const opened = sealed === null ? null : await openRecord(sealed, this.#owner.indexKey, this.#context(id)).catch(() => null);
    await this.#shelf.remove(id);
    return list(opened).map(readFile).filter((file) => file !== null);
  }

  #context(id: string): ReturnType<typeof contextOf<"upload-plan">> {
    return contextOf("upload-plan", this.#owner.accountId, id, 1, "waiting");
  }
}
