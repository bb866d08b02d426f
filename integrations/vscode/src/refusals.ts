/** What a refusal offers as the next step; the messages of the commands show it as a button. */
export type NextStep = "sign_in" | "sign_in_with_key" | "open_settings" | "retry";

/** Something that the person can put right: the message says how, and `next` is the way there. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly next: NextStep | undefined;

  constructor(message: string, next?: NextStep, options?: ErrorOptions) {
    super(message, options);
    this.next = next;
  }
}

/** The person closed the question or chose Cancel: nothing has to be said about it. Named as the editor names its own. */
export class Canceled extends Error {
  override readonly name = "Canceled";

  constructor() {
    super("Canceled");
  }
}

/** Whether the person stopped it. By name: what passes through the editor's API comes back as another object. */
export function isCanceled(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "Canceled" || /\bCanceled$|did not consent/.test(error.message);
}
