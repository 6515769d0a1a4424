/** A pass that the vault put behind the `#`: taken out of the address, and handed in. */
import { redeemPass } from "../../api/public.ts";

const MARK = "#pass=";

/** Whether this browser now looks as somebody with an account. */
export async function takePass(profile: string): Promise<boolean> {
  if (!location.hash.startsWith(MARK)) return false;
  const written = location.hash.slice(MARK.length);
  // Nobody should copy it with the address, and going back must not bring it again.
  history.replaceState(null, "", location.pathname + location.search);
  return await redeemPass(profile, written);
}
