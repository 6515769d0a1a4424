/** What was decided about photos that somebody shows to everyone, and what they can do about it: as the server says it. */
import { call } from "../api/client.ts";
import type { CounterNotice, OwnReports } from "../api/types.ts";

/** Every decided report of own publications, the newest first, and the strikes. @throws Problem. */
export function readOwnReports(): Promise<OwnReports> {
  return call<OwnReports>("GET", "/me/reports");
}

/** Have somebody else look at a decision. @throws Problem. */
export function complainOf(reportId: string, text: string): Promise<OwnReports> {
  return call<OwnReports>("PUT", `/me/reports/${reportId}/complaint`, { body: { text } });
}

/** Answer a notice about copyright. Whoever signed it gets all of this. @throws Problem. */
export function counterNotice(reportId: string, notice: CounterNotice): Promise<OwnReports> {
  return call<OwnReports>("PUT", `/me/reports/${reportId}/counter-notice`, { body: notice });
}

/** Say that a photo was taken for a withheld one by mistake. @throws Problem. */
export function complainOfRefusal(publicationId: string, text: string): Promise<OwnReports> {
  return call<OwnReports>("PUT", `/publications/${publicationId}/complaint`, { body: { text } });
}
