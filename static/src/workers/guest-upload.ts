/** A guest's upload worker: reads, cleans, encrypts for the owner, stages and sends. */
import { call, send, type Ask } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import { record, text } from "../api/shape.ts";
import { toBase64Url } from "../crypto/bytes.ts";
import { bridge, LibraryError } from "../vault/library/bridge.ts";
import { openDatabase } from "../vault/library/database.ts";
import type { GuestSetup, GuestUploadPage, GuestWorker } from "../transfer/guest-contract.ts";
import { GUEST_UPLOADS, GuestSession } from "../transfer/guest-session.ts";
import { Plans } from "../transfer/plan.ts";
import type { CallJson } from "../transfer/upload-session.ts";
import { exclusively, pause, together } from "./locks/waiting.ts";
import { planShelf } from "./staging/plan-shelf.ts";
import { openStaging } from "./staging/private-files.ts";

let session: GuestSession | null = null;

function opened(): GuestSession {
  if (session === null) throw new LibraryError("locked", "This link is not open.");
  return session;
}

/** The token of a visit, and another one when its hour is over. */
class Pass {
  readonly #setup: GuestSetup;
  #token: Promise<string>;

  constructor(setup: GuestSetup) {
    this.#setup = setup;
    this.#token = Promise.resolve(setup.token);
  }

  /** Ask with the token; once more with a new one when the visit has ended. @throws Problem. */
  async with<T>(ask: (headers: Readonly<Record<string, string>>) => Promise<T>): Promise<T> {
    const used = this.#token;
    try {
      return await ask(headersFor(await used));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "visit_ended") throw error;
      if (this.#token === used) this.#token = this.#begin();
      return await ask(headersFor(await this.#token));
    }
  }

  async #begin(): Promise<string> {
    const { linkId, authKey } = this.#setup;
    const body = { auth_key: toBase64Url(authKey) };
    return text(record(await call<unknown>("POST", `/collect-links/${linkId}/visits`, { body, isAnonymous: true }))["token"]);
  }
}

const headersFor = (token: string): Readonly<Record<string, string>> => ({ Authorization: `Guest ${token}` });

async function start(setup: GuestSetup): Promise<void> {
  const pass = new Pass(setup);
  const sendAsGuest = async (ask: Ask): Promise<Response> =>
    await pass.with((headers) => send({ ...ask, headers: { ...ask.headers, ...headers }, isAnonymous: true }));
  const callAsGuest: CallJson = async (method, path, body) =>
    await pass.with((headers) => call<unknown>(method, path, { headers, isAnonymous: true, ...(body && { body: body as Readonly<Record<string, unknown>> }) }));
  // One place on this device for each link: two links have nothing to do with each other.
  const place = `guest-${setup.linkId}`;
  const shelf = planShelf(await openDatabase(place));
  session = new GuestSession({
    setup,
    staging: await openStaging(place),
    plans: new Plans(shelf, { accountId: setup.ownerId, indexKey: setup.linkKey }),
    tus: { send: sendAsGuest, at: GUEST_UPLOADS, limits: setup.limits, pause, random: Math.random },
    call: callAsGuest,
    derive: (request) => page.remote.derive(request),
    tell: (news) => void page.remote.progress(news),
    exclusively,
    together,
  });
}

const worker: GuestWorker = {
  start,
  earlier: () => opened().earlier(),
  stage: (job) => opened().stage(job),
  bring: (imageId) => opened().bring(imageId),
  discard: (imageId) => opened().discard(imageId),
};

const page = bridge<GuestUploadPage>(self as unknown as Parameters<typeof bridge>[0], worker);
