/** The pages at `/u/NAME` and `/u/NAME/PHOTO`. */
import "../ui/profile/profile-page.ts";
