/** The page at `/visit/NAME`. */
import "../api/csrf.ts";
import "../ui/account/visit.ts";
