/** The page at `/reset`. */
import "../ui/account/reset.ts";
