/** From the vault to the public origin: an address that says somebody with an account looks, and not who. */
import { call } from "../../api/client.ts";

interface Passed {
  readonly address: string;
}

/** Where this account looks at a profile; good for a minute, and once. */
export async function passTo(profile: string): Promise<string> {
  return (await call<Passed>("POST", "/visitor-passes", { body: { profile } })).address;
}
