/** Opening a guest's queue on their page. */
import { call } from "../api/client.ts";
import type { ServerFacts } from "../api/types.ts";
import { newId } from "../vault/ids.ts";
import type { Collecting } from "../vault/guests/collecting.ts";
import { bridgeTo } from "../vault/library/open.ts";
import type { GuestUploadPage, GuestWorker } from "./guest-contract.ts";
import { GuestQueue } from "./guest-queue.ts";
import { uploadLimits } from "./limits.ts";
import { newDecoders } from "./new-decoders.ts";

export interface OpenGuestQueue {
  readonly queue: GuestQueue;
  end(): void;
}

/** What earlier pages left goes on by itself. */
export async function openGuestQueue({ linkId, owner, keys, token }: Collecting, onChange: () => void, onBrought: () => void): Promise<OpenGuestQueue> {
  const limits = uploadLimits(await call<ServerFacts>("GET", "/server", { isAnonymous: true }));
  const decoders = newDecoders();
  const page: GuestUploadPage = {
    progress: (news) => { queue.progress(news); },
    derive: (request) => decoders.derive(request),
  };
  const { worker, link } = bridgeTo<GuestWorker>("guest-upload", page);
  const queue: GuestQueue = new GuestQueue(link.remote, newId, onChange, onBrought);
  const { linkKey, authKey } = keys;
  await link.remote.start({ linkId, ownerId: owner.id, exchange: owner.exchange, linkKey, authKey, token, limits });
  await queue.restore();
  return { queue, end: () => { worker.terminate(); decoders.close(); } };
}
