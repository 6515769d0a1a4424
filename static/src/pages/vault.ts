/** The vault: the library, uploads and settings in one page, so that keys stay in memory. */
import { startLibrary } from "../ui/library/start.ts";
import { libraryRoutes } from "../ui/library/views/routes.ts";
import { peopleRoutes } from "../ui/people/routes.ts";
import { watchSharing } from "../ui/sharing/keeper.ts";
import { sharingRoutes } from "../ui/sharing/routes.ts";
import { startVault } from "../ui/shell/shell.ts";
import { startServiceWorker } from "../vault/trusted-types.ts";

startLibrary();
watchSharing();
void startVault([...libraryRoutes, ...peopleRoutes, ...sharingRoutes]);
void startServiceWorker();
