/** The view of an address that leads nowhere. Unknown and forbidden look the same. */
import { t } from "../text.ts";
import type { View } from "./router.ts";

export function nothingHere(): View {
  const element = document.createElement("div");
  element.className = "empty";
  const title = document.createElement("h1");
  title.textContent = t("There is nothing here");
  const words = document.createElement("p");
  words.textContent = t("This address leads to nothing that you can open.");
  const link = document.createElement("a");
  link.className = "btn main";
  link.href = "/photos";
  link.textContent = t("Go to my photos");
  element.append(title, words, link);
  return { title: t("Nothing here"), element };
}
