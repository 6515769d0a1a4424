/** The page for no connection. It may stand at any address; a new try goes to that one. */
import { isServiceThere } from "../api/connection.ts";

const OWN_ADDRESS = "/offline";
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 30_000;

function tryAgain(): void {
  if (location.pathname === OWN_ADDRESS) location.replace("/photos");
  else location.reload();
}

/**
 * Ask the service whether it is there, until it is. The browser's "online" is not enough: it says
 * nothing of a service that is down, and it may have been said before this page could hear it.
 */
async function goOnOnceReachable(pause: number): Promise<void> {
  if (await isServiceThere()) tryAgain();
  else setTimeout(() => void goOnOnceReachable(Math.min(pause * 2, LONGEST_PAUSE)), pause);
}

document.getElementById("try-again")?.addEventListener("click", (event) => {
  event.preventDefault();
  tryAgain();
});
if (location.pathname !== OWN_ADDRESS) {
  addEventListener("online", tryAgain);
  setTimeout(() => void goOnOnceReachable(FIRST_PAUSE), FIRST_PAUSE);
}
