/** What of the viewer is fetched later, once the first pictures stand or somebody asks for one. */
export { librarySource } from "./library-source.ts";
export { listSource } from "./list-source.ts";
export { Viewer } from "./viewer.ts";
