/** The page at `/verify`. */
import "../ui/receipts/verify-page.ts";
