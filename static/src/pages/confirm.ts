/** The page at `/confirm`. */
import "../ui/account/confirm.ts";
