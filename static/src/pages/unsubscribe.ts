/** The page at `/unsubscribe`. */
import "../ui/account/unsubscribe.ts";
