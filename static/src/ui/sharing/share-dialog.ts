/** Sharing an album, a selection or one photo: with whom, how, what they learn by it, and who has access now. */
import { html, nothing, type TemplateResult } from "lit";

import { ChangedKeyError } from "../../crypto/known-keys-error.ts";
import type { GrantRole, Telling } from "../../crypto/event.ts";
import { readPeople, type Person } from "../../vault/people/people.ts";
import { recipientsOf, strangersIn, type Recipient } from "../../vault/sharing/album-access.ts";
import { endAccess, give, stopSharing } from "../../vault/sharing/album-changes.ts";
import { listedItems } from "../../vault/sharing/album-photos.ts";
import { readSharedAlbum, type AlbumCircle, type SharedAlbum } from "../../vault/sharing/album-state.ts";
import { chooseTelling, chosenBy } from "../../vault/sharing/album-telling.ts";
import { toldBy, type Told } from "../../vault/sharing/album-told.ts";
import { readGroups } from "../../vault/sharing/groups.ts";
import { currentVault, type Vault } from "../../vault/unlock.ts";
import { icon, ring } from "../icons.ts";
import { Sheet } from "../library/dialogs/sheet.ts";
import type { LibrarySession } from "../library/session.ts";
import { picture } from "../library/views/cover.ts";
import { SafetySheet } from "../people/safety-sheet.ts";
import { sentenceOf } from "../library/outcome.ts";
import { announce, toast } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { accessList, asksToEnd, asksToStop } from "./access-list.ts";
import { matching, type Candidate } from "./candidates.ts";
import { beginWith } from "./beginning.ts";
import { sharingKeeper, type SharingKeeper } from "./keeper.ts";
import { findingsIn } from "./findings.ts";
import { leakReport } from "./leak-report.ts";
import { morePanels } from "./panels.ts";
import { candidatesFrom, peoplePicker } from "./people-picker.ts";
import { pickedList, type Picked } from "./picked-list.ts";
import { preparing } from "./preparing.ts";
import type { ShareTarget } from "./share-target.ts";
import type { Chosen } from "./telling-choices.ts";

interface Known {
  readonly circle: AlbumCircle;
  readonly people: readonly Person[];
}

const FAN = 3;

export class ShareDialog extends Sheet {
  protected readonly title: string;
  readonly #session: LibrarySession;
  readonly #vault: Vault;
  readonly #keeper: SharingKeeper;
  #target: ShareTarget;
  #known: Known | null = null;
  #album: SharedAlbum | null = null;
  #told: Told | null = null;
  #picked: readonly Picked[] = [];
  #tells: readonly Telling[] = [];
  #choosing: readonly Telling[] | null = null;
  #chosen: Chosen | null = null;
  #query = "";
  #trouble = "";
  #isPreparing = false;
  #isStale = false;

  constructor(session: LibrarySession, target: ShareTarget) {
    super("wide");
    const vault = currentVault();
    if (vault === null) throw new TypeError("The vault is locked.");
    this.#session = session;
    this.#vault = vault;
    this.#keeper = sharingKeeper();
    this.#target = target;
    this.dialog.classList.add("share");
    const name = target.albumId === null ? "" : (session.access.library.album(target.albumId)?.name ?? "");
    this.title = name === "" ? tn("Share {n} photo", "Share {n} photos", target.ids.length) : t("Share “{name}”", { name });
  }

  /** Answers whether anything is shared that was not before. */
  async ask(): Promise<boolean> {
    const stop = this.#keeper.subscribe(() => { this.#follow(); });
    void this.#attempt(() => this.#load());
    const answer = await this.open();
    stop();
    return answer === "shared";
  }

  protected body(): TemplateResult {
    return html`<div class="share-main">${this.#notes()}
        <section><h3>${ring("people")}${t("People and groups")}</h3>${this.#people()}</section>
        ${this.#known === null ? nothing : morePanels.map((panel) => panel(this.#context()))}
        ${this.#wayOut()}</div>
      <aside class="leak" aria-label=${t("What they will and will not see")}>${this.#fan()}${this.#report()}</aside>`;
  }

  protected footer(): TemplateResult {
    const { length } = this.#picked;
    if (length === 0) {
      return html`<p>${t("You can end access here at any time.")}</p>
        <button class="btn ${this.#album === null ? "ghost" : "main"}" type="button" @click=${() => { this.close(this.#album === null ? "" : "shared"); }}>${this.#album === null ? t("Cancel") : t("Done")}</button>`;
    }
    return html`<p>${t("You can end access here at any time.")}</p>
      <button class="btn ghost" type="button" @click=${() => { this.close(""); }}>${t("Cancel")}</button>
      <button class="btn main" type="button" ?disabled=${this.isBusy} aria-busy=${this.isBusy} @click=${() => void this.#attempt(() => this.#share())}>${tn("Share with {n}", "Share with {n}", length)}</button>`;
  }

  #notes(): TemplateResult {
    const isDoubtful = this.#album !== null && strangersIn(this.#album.wire, this.#album.state).length > 0;
    return html`${this.#trouble === "" ? nothing : html`<p class="note problem" role="alert">${icon("warning")}<span>${this.#trouble}</span></p>`}
      ${isDoubtful ? html`<p class="note danger" role="alert">${icon("warning")}<span>${t("The service lists somebody here whom you never let in. They get no key, and nothing is changed while they are listed.")}</span></p>` : nothing}
      ${this.#target.albumId === null ? nothing : preparing(this.#keeper.standing(this.#target.albumId), () => { this.#tend(); })}`;
  }

  #people(): TemplateResult {
    const known = this.#known;
    if (known === null) return html`<p class="quiet small" role="status">${this.#trouble === "" ? t("Looking whom you know.") : ""}</p>`;
    const recipients = this.#recipients();
    const taken = new Set([...recipients, ...this.#picked].map(({ kind, id }) => `${kind} ${id}`));
    const free = candidatesFrom(known.people, known.circle.groups).filter(({ kind, id }) => !taken.has(`${kind} ${id}`));
    return html`${peoplePicker({
        found: this.#query === "" ? [] : matching(free, this.#query), query: this.#query, total: free.length + taken.size,
        search: (query) => { this.#query = query; this.update(); },
        pick: (candidate) => { this.#pick(candidate); },
        compare: (candidate) => void this.#compare(candidate),
      })}
      ${pickedList(this.#picked, (picked) => { this.#picked = picked; this.update(); })}
      ${accessList(recipients, {
        isBusy: this.isBusy,
        change: (recipient, role, canDownload) => void this.#attempt(() => this.#change(recipient, role, canDownload)),
        end: (recipient) => void this.#end(recipient),
      })}`;
  }

  #wayOut(): TemplateResult | typeof nothing {
    if (this.#album === null || this.#album.wire.grants.length === 0) return nothing;
    return html`<section class="way-out"><p>${t("Everybody above loses access at once.")}</p>
      <button class="btn danger" type="button" ?disabled=${this.isBusy} @click=${() => void this.#stop()}>${t("Stop sharing")}</button></section>`;
  }

  #fan(): TemplateResult {
    return html`<div class="fan">${this.#target.ids.slice(0, FAN).map((id) => html`<img alt="" hidden ${picture(this.#session.access.media, id)} />`)}</div>`;
  }

  #report(): TemplateResult {
    const { library } = this.#session.access;
    const findings = findingsIn(this.#target.ids.flatMap((id) => library.byId(id) ?? []));
    const stands = this.#album === null ? this.#tells : chosenBy(this.#vault.accountId, this.#album);
    const choose = (tells: readonly Telling[], chosen: Chosen): void => {
      if (this.#album === null) {
        this.#tells = tells;
        this.update();
      } else {
        // The box stands as it was put while the service is asked.
        this.#choosing = tells;
        void this.#attempt(() => this.#tell(tells, chosen));
      }
    };
    const tells = this.#choosing ?? stands ?? this.#told?.own ?? [];
    return leakReport({ findings, tells, told: this.#told, choose, isBusy: this.isBusy, chosen: this.#chosen, isChosen: stands !== null });
  }

  #recipients(): readonly Recipient[] {
    return this.#album === null || this.#known === null ? [] : recipientsOf(this.#album, this.#known.circle);
  }

  #context() {
    const albumId = this.#album?.id ?? null;
    return { vault: this.#vault, albumId, ids: this.#target.ids, session: this.#session, begin: () => this.#begin(), changed: () => void this.#attempt(() => this.#load()) };
  }

  async #load(): Promise<void> {
    const people = await readPeople(this.#vault);
    const groups = await readGroups({ vault: this.#vault, contacts: people.contacts });
    const circle = { vault: this.#vault, contacts: people.contacts, groups };
    this.#known = { circle, people: people.contacts };
    const { albumId } = this.#target;
    if (albumId === null || this.#session.access.library.album(albumId)?.isShared !== true) return;
    const album = await readSharedAlbum(albumId, circle);
    this.#told = await toldBy(album, await listedItems(albumId));
    this.#album = album;
    this.#keeper.noteGrants(album);
  }

  async #begin(): Promise<string> {
    const id = await beginWith(this.#target, this.#tells, this.#session, this.#vault);
    this.#target = { ...this.#target, albumId: id };
    this.#tend();
    return id;
  }

  /** Access first: what was decided is then kept, and the photos follow whatever becomes of this page. */
  async #share(): Promise<void> {
    const id = await beginWith(this.#target, this.#tells, this.#session, this.#vault);
    this.#target = { ...this.#target, albumId: id };
    try {
      for (const each of this.#picked) {
        await give(this.#vault, id, each);
        this.#picked = this.#picked.filter((other) => other !== each);
      }
      announce(t("Shared."));
    } finally {
      this.#tend();
      await this.#load();
    }
  }

  /** Signed into the album's history: whichever device of this account goes on tells the same. The photos follow. */
  async #tell(tells: readonly Telling[], chosen: Chosen): Promise<void> {
    try {
      const id = this.#album?.id;
      if (id === undefined) return;
      await chooseTelling(this.#vault, id, tells);
      this.#chosen = chosen;
      this.#tend();
      await this.#load();
    } finally {
      this.#choosing = null;
    }
  }

  async #change({ kind, id }: Recipient, role: GrantRole, canDownload: boolean): Promise<void> {
    if (this.#album === null) return;
    try {
      await give(this.#vault, this.#album.id, { kind, id, role, canDownload });
    } finally {
      await this.#load();
    }
  }

  async #end(recipient: Recipient): Promise<void> {
    const id = this.#album?.id;
    if (id === undefined || !(await asksToEnd(recipient))) return;
    await this.#attempt(async () => {
      await endAccess(this.#vault, id, recipient);
      this.#tend();
      await this.#load();
      toast(t("Access ended."));
    });
  }

  async #stop(): Promise<void> {
    const id = this.#album?.id;
    if (id === undefined || !(await asksToStop())) return;
    await this.#attempt(async () => {
      await stopSharing(this.#vault, id);
      this.#tend();
      await this.#load();
      toast(t("Nobody but you can open this now."));
    });
  }

  #pick({ kind, id, name }: Candidate): void {
    this.#picked = [...this.#picked, { kind, id, name, role: "viewer", canDownload: true }];
    this.#query = "";
    this.update();
    this.dialog.querySelector<HTMLInputElement>(".search input")?.focus();
  }

  async #compare({ id }: Candidate): Promise<void> {
    const person = this.#known?.people.find(({ accountId }) => accountId === id);
    if (person !== undefined && (await new SafetySheet(this.#vault, person).ask())) await this.#attempt(() => this.#load());
  }

  #tend(): void {
    const { albumId } = this.#target;
    if (albumId === null) return;
    void this.#keeper.tend(albumId);
  }

  /** Once the keeper is done, what it did is read. */
  #follow(): void {
    if (!this.dialog.open) return;
    const { albumId } = this.#target;
    const wasPreparing = this.#isPreparing;
    this.#isPreparing = albumId !== null && this.#keeper.standing(albumId).progress !== null;
    if (wasPreparing && !this.#isPreparing) this.#isStale = true;
    if (this.#isStale && !this.isBusy) {
      this.#isStale = false;
      // What went wrong before stays to be read: this is not an answer to it.
      void this.#attempt(() => this.#load(), this.#trouble);
    } else this.update();
  }

  async #attempt(act: () => Promise<void>, trouble = ""): Promise<void> {
    this.isBusy = true;
    this.#trouble = trouble;
    this.#follow();
    try {
      await act();
    } catch (error) {
      this.#trouble = sentenceOf(error);
      // The list says who it is, and how to decide.
      if (error instanceof ChangedKeyError) this.#picked = this.#picked.filter(({ id }) => id !== error.account);
    }
    this.isBusy = false;
    this.#follow();
  }
}
