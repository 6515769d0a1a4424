/** The page at `/l/ID`. */
import "../ui/guests/visit-page.ts";
