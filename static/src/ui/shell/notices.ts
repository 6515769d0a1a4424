/** What the page says to everyone: announcements, short messages, questions. */
import { t } from "../text.ts";

const TOAST_SECONDS = 6;
const ANNOUNCE_AFTER_MS = 60;

/** Say a sentence to those who listen rather than look. */
export function announce(sentence: string): void {
  const region = document.getElementById("announcer");
  if (region === null) return;
  region.textContent = "";
  setTimeout(() => {
    region.textContent = sentence;
  }, ANNOUNCE_AFTER_MS);
}

export interface ToastOptions {
  /** What the button does, and what it says. */
  readonly action?: () => void;
  readonly label?: string;
  readonly seconds?: number;
}

/** A short message at the lower edge. Answers how to take it away early. */
export function toast(sentence: string, options: ToastOptions = {}): () => void {
  const box = document.createElement("div");
  box.className = "toast";
  const words = document.createElement("p");
  words.className = "grow";
  words.textContent = sentence;
  box.append(words);
  const remove = (): void => {
    clearTimeout(timer);
    box.remove();
  };
  const { action } = options;
  if (action !== undefined) box.append(plainButton(options.label ?? t("Undo"), "btn", () => { remove(); action(); }));
  const timer = setTimeout(remove, (options.seconds ?? TOAST_SECONDS) * 1000);
  document.getElementById("toasts")?.append(box);
  return remove;
}

export interface Question {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly confirm: string;
  readonly danger?: boolean;
}

/** Ask before something that cannot be taken back. Answers whether the person went on. */
export function confirmDialog(question: Question): Promise<boolean> {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog narrow";
  const head = document.createElement("header");
  const title = document.createElement("h2");
  title.id = "question-title";
  title.textContent = question.title;
  head.append(title);
  const body = document.createElement("div");
  body.className = "body";
  body.append(...question.sentences.map(paragraph));
  const foot = document.createElement("footer");
  const close = (answer: string) => (): void => {
    dialog.close(answer);
  };
  foot.append(
    plainButton(t("Cancel"), "btn ghost", close("")),
    plainButton(question.confirm, question.danger ? "btn danger final" : "btn main", close("yes")),
  );
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.append(head, body, foot);
  return showDialog(dialog).then((answer) => answer === "yes");
}

/** Show a dialog over the page and answer its return value. Focus goes back where it was. */
export function showDialog(dialog: HTMLDialogElement): Promise<string> {
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
}

function paragraph(sentence: string): HTMLParagraphElement {
  const made = document.createElement("p");
  made.textContent = sentence;
  return made;
}

function plainButton(words: string, className: string, act: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = className;
  button.textContent = words;
  button.addEventListener("click", act);
  return button;
}
