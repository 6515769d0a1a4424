/** The page at `/recover`. */
import "../ui/account/recover.ts";
