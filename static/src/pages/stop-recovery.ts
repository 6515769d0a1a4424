/** The page at `/stop-recovery`. */
import "../ui/account/stop-recovery.ts";
