/** The vault: the library, uploads and settings in one page, so that keys stay in memory. */
// First of all that comes later (`ui/shell/lock-screen.ts`).
import "../ui/shell/lock-screen.ts";
import { startLibrary } from "../ui/library/start.ts";
import { libraryRoutes } from "../ui/library/views/routes.ts";
import { publishingRoutes } from "../ui/publishing/routes.ts";
import { watchPublishing } from "../ui/publishing/present.ts";
import { peopleRoutes } from "../ui/people/routes.ts";
import { watchSharing } from "../ui/sharing/keeping.ts";
import { receivedRoutes } from "../ui/received/routes.ts";
import { sharingRoutes } from "../ui/sharing/routes.ts";
import { yourDataRoutes } from "../ui/your-data/routes.ts";
import { startVault } from "../ui/shell/shell.ts";
import { startWorkersAhead } from "../vault/library/open.ts";
import { startServiceWorker } from "../vault/trusted-types.ts";

startLibrary();
watchSharing();
watchPublishing();
void startVault([...libraryRoutes, ...peopleRoutes, ...sharingRoutes, ...publishingRoutes, ...receivedRoutes, ...yourDataRoutes]);
// Behind the first question, so that it is on its way already.
startWorkersAhead();
// At once: whoever is not signed in is sent on to the door in a moment, and has it there too.
void startServiceWorker();
