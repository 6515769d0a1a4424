/** Views that stand where another one does not. */
import { t } from "../text.ts";
import type { View } from "./router.ts";

/** The view of an address that leads nowhere. Unknown and forbidden look the same. */
export function nothingHere(): View {
  return instead({
    title: t("Nothing here"), heading: t("There is nothing here"),
    sentence: t("This address leads to nothing that you can open."), to: "/photos", action: t("Go to my photos"),
  });
}

/** The view of a page whose code could not be fetched. To load it whole brings the newest release as well. */
export function notArrived(): View {
  const view = instead({
    title: t("Not loaded"), heading: t("This page did not load"),
    sentence: t("Either the connection went, or there is a newer release. Nothing was lost."), to: location.href, action: t("Load it again"),
  });
  view.element.querySelector("a")?.addEventListener("click", (event) => {
    event.preventDefault();
    location.reload();
  });
  return view;
}

interface Words {
  readonly title: string;
  readonly heading: string;
  readonly sentence: string;
  readonly to: string;
  readonly action: string;
}

function instead({ title: name, heading, sentence, to, action }: Words): View {
  const element = document.createElement("div");
  element.className = "empty";
  const title = document.createElement("h1");
  title.textContent = heading;
  const words = document.createElement("p");
  words.textContent = sentence;
  const link = document.createElement("a");
  link.className = "btn main";
  link.href = to;
  link.textContent = action;
  element.append(title, words, link);
  return { title: name, element };
}
