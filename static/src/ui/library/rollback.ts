/** Saying it when the server answers with an older state of the library than this device has seen. */
import { toast } from "../shell/notices.ts";
import { t } from "../text.ts";
import { onSession } from "./session.ts";

export function watchRollbacks(): void {
  onSession((session) => {
    session?.access.library.subscribe(({ kind }) => {
      const { failure } = session.access.library;
      if (kind === "status" && failure?.code === "rolled_back") toast(t(failure.sentence));
    });
  });
}
