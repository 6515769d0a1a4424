/** The authenticator app as a second proof at sign-in. */
import { call } from "../api/client.ts";
import type { Body, TotpState } from "../api/types.ts";

/** A secret for the app, shown once; not in force before {@link confirmTotp}. */
export type NewTotp = Body<"TotpSecret">;

export async function readTotp(): Promise<TotpState> {
  return await call("GET", "/auth/totp");
}

export async function beginTotp(): Promise<NewTotp> {
  return await call("POST", "/auth/totp", { body: {} });
}

/** Put the app in force with a code it shows. Answers the recovery codes, shown once. @throws Problem "wrong_code". */
export async function confirmTotp(code: string): Promise<readonly string[]> {
  const answer = await call<Body<"RecoveryCodes">>("POST", "/auth/totp/confirm", { body: { code } });
  return answer.recovery_codes;
}

export async function removeTotp(): Promise<void> {
  await call("DELETE", "/auth/totp");
}

/** A new set of recovery codes; the old ones end. */
export async function renewRecoveryCodes(): Promise<readonly string[]> {
  const answer = await call<Body<"RecoveryCodes">>("POST", "/auth/totp/recovery-codes", { body: {} });
  return answer.recovery_codes;
}
