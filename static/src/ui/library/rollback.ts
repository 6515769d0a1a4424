/** Saying it when the server answers with an older state of the library than this device has seen, with less of it, or with what does not open. */
import { toast } from "../shell/notices.ts";
import { t } from "../text.ts";
import { onSession } from "./session.ts";

const TOLD: ReadonlySet<string> = new Set(["rolled_back", "unlisted", "unreadable"]);

export function watchRollbacks(): void {
  onSession((session) => {
    session?.access.library.subscribe(({ kind }) => {
      const { failure } = session.access.library;
      if (kind === "status" && failure !== null && TOLD.has(failure.code)) toast(t(failure.sentence), { seconds: 20 });
    });
  });
}
