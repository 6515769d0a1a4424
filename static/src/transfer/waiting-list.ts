/**
 * Which files were chosen but not yet encrypted, sealed on this device.
 *
 * A page cannot read a chosen file again after it was reloaded. So that nothing is forgotten in
 * silence, the next page can at least say which ones to choose again.
 */
import { isRecord, numberOr, text, textOrNull } from "../api/shape.ts";
import type { WaitingFile } from "./contract.ts";
import type { ListKind } from "./sealed-list.ts";

export const WAITING_FILES: ListKind<WaitingFile> = { part: "waiting", read: readFile };

function readFile(value: unknown): WaitingFile | null {
  if (!isRecord(value) || typeof value["name"] !== "string") return null;
  const choice = value["choice"];
  return {
    name: value["name"],
    path: text(value["path"], value["name"]),
    bytes: numberOr(value["bytes"], 0),
    choice: choice === "keep" || choice === "remove" ? choice : "remember",
    albumId: textOrNull(value["albumId"]),
  };
}
