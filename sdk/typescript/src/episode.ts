/// <reference lib="esnext.disposable" preserve="true" />
import type { AddedMessage, ContentType, EndedEpisode, Observed, Outcome } from "./answers.ts";
import type { ObserveInput } from "./operations.ts";
import type { CallOptions, Send } from "./send.ts";

/** The name under which `await using` looks; runtimes without it get the name that compilers fall back to. */
const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");

export type Observation = Omit<ObserveInput, "episodeId" | "contentType"> & { contentType?: ContentType | undefined };

/**
 * One conversation or task, to which messages and observations belong. Made with `await using`, it ends where its block
 * ends, however that is left.
 */
export class Episode implements AsyncDisposable {
  readonly id: string;
  /** What the end says when it is not told otherwise. Set it before the block ends; undefined is success. */
  outcome: Outcome | undefined;
  readonly #send: Send;
  #ending: Promise<EndedEpisode> | undefined;

  /** @internal */
  constructor(id: string, send: Send) {
    this.id = id;
    this.#send = send;
  }

  /** Adds what `role` said, such as user or assistant. Needs mcp:write. */
  addMessage(role: string, content: string, call?: CallOptions): Promise<AddedMessage> {
    return this.#send("episode_message", { episodeId: this.id, role, content }, call);
  }

  /** Records what was said or done, by whom and about whom. Needs mcp:write. */
  observe(observation: Observation, call?: CallOptions): Promise<Observed> {
    return this.#send("observe", { ...observation, episodeId: this.id }, call);
  }

  /** Ends it. Once it has ended, further calls give the same answer without asking the server. Needs mcp:write. */
  end(outcome: Outcome | undefined = this.outcome, call?: CallOptions): Promise<EndedEpisode> {
    this.#ending ??= this.#end(outcome, call);
    return this.#ending;
  }

  async #end(outcome: Outcome | undefined, call: CallOptions | undefined): Promise<EndedEpisode> {
    try {
      return await this.#send("episode_end", { episodeId: this.id, outcome }, call);
    } catch (error) {
      // It may be tried again.
      this.#ending = undefined;
      throw error;
    }
  }

  async [asyncDispose](): Promise<void> {
    await this.end();
  }
}
