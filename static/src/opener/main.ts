/** The one entry of `open-archive.html`: all of it is put into that file. */
import "./opener-page.ts";
