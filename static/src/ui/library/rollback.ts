/** Saying it when the server answers with an older state of the library than this device has seen, with less of it, or with what does not open. */
import type { Library } from "../../vault/library/library.ts";
import { believeNewest, toldRestorations, type Restoration } from "../../vault/restorations.ts";
import { momentText } from "../format.ts";
import { toast } from "../shell/notices.ts";
import { logWords } from "../shell/restoration-words.ts";
import { t } from "../text.ts";
import { onSession } from "./session.ts";

const TOLD: ReadonlySet<string> = new Set(["rolled_back", "unlisted", "unreadable"]);

export function watchRollbacks(): void {
  onSession((session) => {
    session?.access.library.subscribe(({ kind }) => {
      const { library } = session.access;
      if (kind === "status" && library.failure !== null && TOLD.has(library.failure.code)) void tell(t(library.failure.sentence), library);
    });
  });
}

/**
 * What was found is said, unless the log has just been seen to explain it: then the library is read anew, and what is left of it
 * is told at the end.
 */
async function tell(sentence: string, library: Library): Promise<void> {
  const told = await toldRestorations();
  if (await believeNewest(library, told)) {
    await library.sync();
    return;
  }
  toast(`${sentence} ${whyOf(told[0])}`.trimEnd(), { seconds: 20 });
}

/** That the service says that it was restored may explain it, and a restore that its log bears out was taken over already. */
function whyOf(last: Restoration | undefined): string {
  if (last === undefined) return "";
  const [at, to] = [momentText(last.restoredAt), momentText(last.restoredTo)];
  if (last.isProven) return t("That it was restored on {at} from a backup of {to} does not explain this, as far as this device remembers.", { at, to });
  return `${t("It says that it was restored on {at} from a backup of {to}: what came in between is missing there.", { at, to })} ${logWords(last)}`;
}
