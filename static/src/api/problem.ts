/**
 * Why a request was not done. One type for all of it: refusals of the server, a lost network,
 * an answer nobody can read. The code is stable, the sentence is for people.
 */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    /** Stable, such as `wrong_credentials`; `offline` and `unreadable_answer` are our own. */
    readonly code: string,
    sentence: string,
    /** HTTP status, 0 when there was no answer. */
    readonly status: number = 0,
    /** Whatever else the problem document holds, such as `image_id` or `retry_after`. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(sentence);
  }
}

/** Nothing came back. What was already stored is safe. */
export function offlineProblem(): Problem {
  return new Problem("offline", "No connection just now. Nothing was lost; try again when you are back online.");
}

/** An answer that is not what was asked for. */
export function otherAnswer(): Problem {
  return new Problem("unreadable_answer", "The server gave an answer that makes no sense. Please try again.");
}

/** The refusal in a problem document (RFC 9457), or one of our own when the body is something else. */
export async function problemOf(response: Response): Promise<Problem> {
  const fallback = new Problem(
    response.status >= 500 ? "unavailable" : "refused",
    response.status >= 500
      ? "The service could not answer. Nothing was lost; try again in a moment."
      : "The service refused this.",
    response.status,
  );
  if (!(response.headers.get("Content-Type") ?? "").includes("json")) return fallback;
  const body: unknown = await response.json().catch(() => null);
  if (typeof body !== "object" || body === null) return fallback;
  const details = body as Record<string, unknown>;
  const code = typeof details["code"] === "string" ? details["code"] : fallback.code;
  const sentence = typeof details["detail"] === "string" ? details["detail"] : fallback.message;
  return new Problem(code, sentence, response.status, details);
}
