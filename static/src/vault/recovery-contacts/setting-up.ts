/** Letting three contacts give this vault back, ending that, and stopping what is asked. */
import { call } from "../../api/client.ts";
import type { Body } from "../../api/types.ts";
import { readPeople } from "../people/people.ts";
import { withPassword } from "../recovery.ts";
import type { Vault } from "../state.ts";
import { newSetup, trustedPeople } from "./new-setup.ts";

export type Setup = Body<"Setup">;
export type StandingRequest = Body<"OwnRequest">;

/** Who has a share by now, and what is asked. @throws Problem. */
export async function readSetup(): Promise<Setup> {
  return await call<Setup>("GET", "/recovery-contacts");
}

/**
 * Choose these three, in place of whoever could before.
 *
 * @throws RecoveryContactsError "not-three", "changed-keys"; UnlockError "wrong-password"; Problem.
 */
export async function chooseContacts(vault: Vault, password: string, accountIds: readonly string[]): Promise<void> {
  const { contacts } = await readPeople(vault);
  const people = trustedPeople(contacts, accountIds);
  const number = (await readSetup()).number + 1;
  await withPassword(password, async ({ accountKey }) => {
    const owner = { accountId: vault.accountId, accountKey, identitySeed: await vault.identitySeed() };
    await call("PUT", "/recovery-contacts", { body: await newSetup(owner, people, number) });
  });
}

/** Let nobody give it back any more. Needs a fresh proof. @throws Problem "step_up_required". */
export async function endContacts(number: number): Promise<void> {
  await call("POST", "/recovery-contacts/end", { body: { number } });
}

/** The owner's no to what is asked. Repeating it is harmless. @throws Problem. */
export async function stopRequest(requestId: string): Promise<void> {
  await call("POST", "/recovery-contacts/stop", { body: { request_id: requestId } });
}

/** The same with the code from the mail, by whoever reads it. @throws Problem "recovery_ended". */
export async function stopByMail(requestId: string, code: string): Promise<void> {
  await call("POST", `/recovery-requests/${requestId}/stop`, { body: { code } });
}
