/** What people call the formats of photos. */
import { t } from "../text.ts";

/** "JPEG", "NEF"; "RAW" for one of a maker we do not know, "File" for what may be no photo at all. */
export function kindName(kind: string): string {
  if (kind === "unknown") return t("File");
  if (kind === "raw-other") return t("RAW");
  return kind.replace(/^raw-/, "").toUpperCase();
}
