/** The page at `/closing`. */
import "../ui/account/closing.ts";
