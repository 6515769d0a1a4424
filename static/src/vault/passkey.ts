/**
 * Passkeys: signing in with one, and opening the vault with one that can (WebAuthn PRF).
 *
 * `credential.toJSON()` holds the PRF output, so what is sent is built field by field here.
 */
import { call } from "../api/client.ts";
import type { Body, CredentialRef, Passkey, RequestOptionsWire, Session } from "../api/types.ts";
import { fromBase64Url, owned, toBase64Url, type Bytes } from "../crypto/bytes.ts";
import { keyFromPasskey, PASSKEY_PRF_INPUT } from "../crypto/hierarchy.ts";
import type { AccountKey, KeyEncryptionKey } from "../crypto/keys.ts";
import { forget, wrapAccountKey } from "./account-key.ts";
import { device } from "./session.ts";

export type PasskeyErrorCode = "unsupported" | "cancelled" | "no-prf";

/** Why a passkey could not be used. The code is stable. */
export class PasskeyError extends Error {
  override readonly name = "PasskeyError";

  constructor(
    readonly code: PasskeyErrorCode,
    sentence: string,
  ) {
    super(sentence);
  }
}

interface CreationOptionsWire {
  readonly challenge: string;
  readonly rp: PublicKeyCredentialRpEntity;
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly pubKeyCredParams: PublicKeyCredentialParameters[];
  readonly timeout?: number;
  readonly excludeCredentials?: readonly CredentialRef[];
  readonly authenticatorSelection?: AuthenticatorSelectionCriteria;
  readonly attestation?: AttestationConveyancePreference;
}

/** WebAuthn describes the options; the rest is the API's. */
type Challenge<Options, Name extends "Question" | "NewPasskeyQuestion" = "Question"> =
  Omit<Body<Name>, "public_key"> & { readonly public_key: Options };

/** An assertion with what its PRF answered, which stays here. */
interface Assertion {
  readonly credentialId: string;
  readonly wire: Readonly<Record<string, unknown>>;
  readonly key: KeyEncryptionKey | null;
}

/** A sign-in by passkey. With `key` the vault opens as well. */
export interface PasskeySignIn {
  readonly session: Session;
  readonly credentialId: string;
  readonly key: KeyEncryptionKey | null;
}

export function passkeysSupported(): boolean {
  return typeof PublicKeyCredential === "function";
}

/** Sign in with a passkey. @throws PasskeyError, Problem. */
export async function signInWithPasskey(): Promise<PasskeySignIn> {
  const { challenge_id, public_key } = await call<Challenge<RequestOptionsWire>>("POST", "/auth/passkey/options", { body: {} });
  const assertion = await assertPasskey(public_key);
  const session = await call<Session>("POST", "/auth/passkey/sign-in", {
    body: { challenge_id, credential: assertion.wire, ...device() },
  });
  return { session, credentialId: assertion.credentialId, key: assertion.key };
}

/** Answer a second-factor question with a passkey: what is sent, without its key. @throws PasskeyError. */
export async function provePasskey(options: RequestOptionsWire): Promise<Readonly<Record<string, unknown>>> {
  const { wire, key } = await assertPasskey(options);
  forget(key ?? undefined);
  return wire;
}

/** What a passkey of the signed-in account answered: the key that opens the vault, and a proof for the server. */
export interface PasskeyAnswer {
  readonly key: KeyEncryptionKey;
  readonly credentialId: string;
  /** Body of a step-up. Used at once, or never. */
  readonly proof: { readonly challenge_id: string; readonly credential: Readonly<Record<string, unknown>> };
}

/** Let a passkey of the signed-in account answer the key that opens the vault. @throws PasskeyError, Problem. */
export async function askPasskeyForKey(): Promise<PasskeyAnswer> {
  const { challenge_id, public_key } = await call<Challenge<RequestOptionsWire>>("GET", "/auth/passkeys/unlock-options");
  const { key, credentialId, wire } = await assertPasskey(public_key);
  if (key === null) throw withoutPrf();
  return { key, credentialId, proof: { challenge_id, credential: wire } };
}

/**
 * Add a passkey to the account, wrapping the account key when the passkey can open the vault.
 * Answers whether it can. @throws PasskeyError, Problem.
 */
export async function addPasskey(name: string, accountKey: AccountKey, accountId: string): Promise<boolean> {
  const { challenge_id, passkey_id, public_key } = await call<Challenge<CreationOptionsWire, "NewPasskeyQuestion">>(
    "POST",
    "/auth/passkeys/options",
    { body: {} },
  );
  const { wire, key } = await createPasskey(public_key);
  const wrapped = key && (await wrapAccountKey(accountKey, key, accountId, passkey_id));
  forget(key ?? undefined);
  await call("POST", "/auth/passkeys", { body: { challenge_id, credential: wire, name, wrapped_account_key: wrapped } });
  return wrapped !== null;
}

/** The passkeys of the account. @throws Problem. */
export async function listPasskeys(): Promise<readonly Passkey[]> {
  return await call("GET", "/auth/passkeys");
}

/** Give a passkey another name. @throws Problem. */
export async function renamePasskey(id: string, name: string): Promise<void> {
  await call("PATCH", `/auth/passkeys/${id}`, { body: { name } });
}

export async function removePasskey(id: string): Promise<void> {
  await call("DELETE", `/auth/passkeys/${id}`);
}

async function assertPasskey(options: RequestOptionsWire): Promise<Assertion> {
  const credential = await ask(() =>
    navigator.credentials.get({
      publicKey: {
        ...options,
        challenge: fromBase64Url(options.challenge),
        allowCredentials: (options.allowCredentials ?? []).map(credentialRef),
        extensions: { prf: { eval: { first: PASSKEY_PRF_INPUT } } },
      },
    }),
  );
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    credentialId: toBase64Url(new Uint8Array(credential.rawId)),
    wire: {
      ...envelopeOf(credential),
      response: {
        clientDataJSON: textOf(response.clientDataJSON),
        authenticatorData: textOf(response.authenticatorData),
        signature: textOf(response.signature),
        userHandle: response.userHandle && textOf(response.userHandle),
      },
    },
    key: await keyOf(credential),
  };
}

async function createPasskey(options: CreationOptionsWire): Promise<{ readonly wire: Readonly<Record<string, unknown>>; readonly key: KeyEncryptionKey | null }> {
  const credential = await ask(() =>
    navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: fromBase64Url(options.challenge),
        user: { ...options.user, id: fromBase64Url(options.user.id) },
        excludeCredentials: (options.excludeCredentials ?? []).map(credentialRef),
        extensions: { prf: { eval: { first: PASSKEY_PRF_INPUT } } },
      },
    }),
  );
  const response = credential.response as AuthenticatorAttestationResponse;
  const wire = {
    ...envelopeOf(credential),
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      attestationObject: textOf(response.attestationObject),
      transports: response.getTransports(),
    },
  };
  return { wire, key: (await keyOf(credential)) ?? (await keyAfterCreation(credential, options)) };
}

/** Some authenticators evaluate only once the passkey exists, so they are asked a second time. */
async function keyAfterCreation(created: PublicKeyCredential, options: CreationOptionsWire): Promise<KeyEncryptionKey | null> {
  if (created.getClientExtensionResults().prf?.enabled !== true) return null;
  const { key } = await assertPasskey({
    challenge: options.challenge,
    rpId: options.rp.id ?? location.hostname,
    userVerification: "required",
    allowCredentials: [{ id: toBase64Url(new Uint8Array(created.rawId)), type: "public-key" }],
  });
  return key;
}

async function ask(request: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  if (!passkeysSupported()) {
    throw new PasskeyError("unsupported", "This browser cannot use passkeys. Your password works everywhere.");
  }
  const credential = await request().catch(() => null);
  if (!(credential instanceof PublicKeyCredential)) {
    throw new PasskeyError("cancelled", "No passkey was used. Nothing has changed.");
  }
  return credential;
}

async function keyOf(credential: PublicKeyCredential): Promise<KeyEncryptionKey | null> {
  const first = credential.getClientExtensionResults().prf?.results?.first;
  if (first === undefined) return null;
  const output: Bytes = first instanceof ArrayBuffer ? new Uint8Array(first) : owned(new Uint8Array(first.buffer, first.byteOffset, first.byteLength));
  const key = await keyFromPasskey(output);
  forget(output);
  return key;
}

function withoutPrf(): PasskeyError {
  return new PasskeyError("no-prf", "This passkey signs you in but cannot open the vault. Use your password or your recovery key.");
}

function credentialRef(wire: CredentialRef): PublicKeyCredentialDescriptor {
  return { type: wire.type, id: fromBase64Url(wire.id), ...(wire.transports && { transports: wire.transports }) };
}

function envelopeOf(credential: PublicKeyCredential): Readonly<Record<string, unknown>> {
  const id = toBase64Url(new Uint8Array(credential.rawId));
  return {
    id,
    rawId: id,
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: {},
  };
}

function textOf(buffer: ArrayBuffer): string {
  return toBase64Url(new Uint8Array(buffer));
}
