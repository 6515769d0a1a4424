/** The page at `/recover/contacts`. */
import "../ui/account/recover-contacts.ts";
