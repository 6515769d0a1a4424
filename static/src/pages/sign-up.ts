/** The page at `/sign-up`. */
import "../ui/account/sign-up.ts";
