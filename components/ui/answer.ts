/** What a server action answers: data, or what went wrong and what to do about it. */
export type Answer<Data> =
  | { ok: true; data: Data }
  | { ok: false; error: { code: string; message: string; details: Readonly<Record<string, string | number>> } };

const NO_ANSWER = "No connection. Your input is kept; try again later.";

/** Calls an action; a request that got no answer at all becomes an answer that says so. */
export async function ask<Data>(call: () => Promise<Answer<Data>>): Promise<Answer<Data>> {
  try {
    return await call();
  } catch {
    return { ok: false, error: { code: "no_answer", message: NO_ANSWER, details: {} } };
  }
}
