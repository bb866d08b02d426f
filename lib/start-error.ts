/** Why the server cannot start. Its message is one line that names the cause and what to do; no stack is shown. */
export class StartError extends Error {
  override name = "StartError";
}
