/** The page at `/sign-in`. */
import "../ui/account/sign-in.ts";
