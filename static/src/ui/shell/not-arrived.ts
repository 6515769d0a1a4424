/** Saying that the code of what somebody asked for did not come. */
import { sentenceOf } from "../sentence.ts";
import { NotArrivedError } from "./later.ts";
import { toast } from "./notices.ts";

/** Say it in a message, where there is no page to say it in. Throws whatever else went wrong. */
export function tellNotArrived(error: unknown): void {
  if (!(error instanceof NotArrivedError)) throw error;
  toast(sentenceOf(error));
}
