/** The page at `/c/ID`. */
import "../ui/guests/collect-page.ts";
