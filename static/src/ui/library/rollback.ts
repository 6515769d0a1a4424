/** Saying it when the server answers with an older state of the library than this device has seen, with less of it, or with what does not open. */
import { knownRestorations, learnRestorations } from "../../vault/restorations.ts";
import { momentText } from "../format.ts";
import { toast } from "../shell/notices.ts";
import { logWords } from "../shell/restoration-words.ts";
import { t } from "../text.ts";
import { onSession } from "./session.ts";

const TOLD: ReadonlySet<string> = new Set(["rolled_back", "unlisted", "unreadable"]);

export function watchRollbacks(): void {
  onSession((session) => {
    session?.access.library.subscribe(({ kind }) => {
      const { failure } = session.access.library;
      if (kind === "status" && failure !== null && TOLD.has(failure.code)) void tell(t(failure.sentence));
    });
  });
}

/** What was found is always said. That the service was restored explains it, and it is the service that says so. */
async function tell(sentence: string): Promise<void> {
  const [last] = await learnRestorations().catch(() => knownRestorations());
  const why = last === undefined ? "" : ` ${t("It says that it was restored on {at} from a backup of {to}: what came in between is missing there.", { at: momentText(last.restoredAt), to: momentText(last.restoredTo) })} ${logWords(last)}`;
  toast(`${sentence}${why}`, { seconds: 20 });
}
