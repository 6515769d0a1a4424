/**
 * What works behind the first view, and what most views that come later are built on: signatures, histories, the keys of other
 * people, and whoever looks after them. One file, fetched as soon as the first pictures stand: cut by what two views happen
 * to have in common it would be fifty, each with its line in the head of every page.
 */
export { download } from "../transfer/download.ts";
export { UploadTray } from "./library/upload/tray.ts";
export { publishingKeeper } from "./publishing/keeper.ts";
export { receiptsForPhotos } from "./receipts/saving.ts";
export { Others } from "./received/others.ts";
export { sharingKeeper } from "./sharing/keeper.ts";
import "./library/info/photo-info.ts";
