/** The device of somebody who lost everything: it asks their recovery contacts, waits, and gets in. */
import { call } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import type { KeyBundle, Session } from "../../api/types.ts";
import { toBase64Url } from "../../crypto/bytes.ts";
import { exchangePublicKey } from "../../crypto/exchange.ts";
import type { AccountKey, ExchangeSeed } from "../../crypto/keys.ts";
import { keysFromRecovery } from "../../crypto/recovery.ts";
import { forget } from "../account-key.ts";
import { signOut } from "../lock.ts";
import type { Opened } from "../recovery.ts";
import { device } from "../session.ts";
import { readBundle } from "../unlock.ts";
import { forgetAsking, keepAsking } from "./asking-store.ts";
import { RecoveryContactsError } from "./errors.ts";
import { giveBack, heldToOwner, insistOnIdentity, newAsking, type AskedState, type Asking } from "./given-back.ts";

/** Ask. The answer is the same for every address; a code goes to its mailbox, if anybody is there. @throws Problem. */
export async function askContacts(email: string): Promise<Asking> {
  const asking = newAsking(email);
  await keepAsking(asking);
  await sendRequest(asking);
  return asking;
}

async function sendRequest({ email, requestId, seed, token }: Asking): Promise<void> {
  const exchange = exchangePublicKey(seed as ExchangeSeed);
  const body = { email, exchange_public_key: toBase64Url(exchange), token: toBase64Url(token) };
  await call("PUT", `/recovery-requests/${requestId}`, { body });
}

/** Type the code from the mail: the notice period begins. Answers what to go on with. @throws Problem. */
export async function confirmAsking(asking: Asking, code: string): Promise<Asking> {
  const state = await call<AskedState>("POST", "/recovery-request/confirm", { body: { code }, ...asAsking(asking) });
  return await keepOwner(asking, state);
}

/** How it stands. @throws RecoveryContactsError "other-owner"; Problem "recovery_ended". */
export async function lookAtAsking(asking: Asking): Promise<{ readonly asking: Asking; readonly state: AskedState }> {
  const state = await call<AskedState>("GET", "/recovery-request", asAsking(asking));
  return { asking: await keepOwner(asking, state), state };
}

async function keepOwner(asking: Asking, state: AskedState): Promise<Asking> {
  const held = heldToOwner(asking, state);
  if (held !== asking) await keepAsking(held);
  return held;
}

/**
 * Put the vault's key together and sign in. A new password comes next. Where it is not the vault of the words,
 * this browser signs out again, and with its session goes what it asked with.
 *
 * @throws RecoveryContactsError "wrong-answers", "other-identity"; CryptoError; Problem "recovery_waits".
 */
export async function finishAsking(asking: Asking, state: AskedState): Promise<Opened> {
  const { secret, accountKey } = await giveBack(asking, state);
  const keys = await keysFromRecovery(secret);
  try {
    const session = await call<Session>("POST", "/recovery-request/sign-in", {
      body: { recovery_auth_key: toBase64Url(keys.authKey), ...device() },
      headers: asAsking(asking).headers,
    });
    return { session, bundle: await bundleOfAsked(asking, session, accountKey), accountKey };
  } catch (error) {
    forget(accountKey);
    // A line that broke leaves what it takes to try again; a service that lies is left for good.
    if (!(error instanceof Problem)) await signOut().catch(() => undefined);
    throw error;
  } finally {
    forget(secret, keys.authKey, keys.keyEncryptionKey);
  }
}

/** The keys of the vault that the words were about. */
async function bundleOfAsked({ owner }: Asking, session: Session, accountKey: AccountKey): Promise<KeyBundle> {
  const bundle = await readBundle();
  if (owner === null || session.account_id !== owner.id) throw new RecoveryContactsError("other-identity");
  await insistOnIdentity(accountKey, bundle.wrapped_identity_seed, owner);
  await forgetAsking().catch(() => undefined);
  return bundle;
}

const asAsking = ({ token }: Asking) => ({ headers: { Authorization: `Recovery ${toBase64Url(token)}` } });
