/** The one way to what stands behind the first view. */
import { apart } from "./later.ts";

/** Have it come. Its keepers begin by themselves. @throws NotArrivedError. */
export const ground = apart(() => import("../ground.ts"));
