/** Pages read the CSRF token from its cookie. Import for effect, once per page. */
import { setCsrfSource } from "./client.ts";

const COOKIE = "__Host-csrf=";

setCsrfSource(() =>
  document.cookie
    .split("; ")
    .find((pair) => pair.startsWith(COOKIE))
    ?.slice(COOKIE.length),
);
