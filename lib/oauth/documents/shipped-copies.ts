import chatgpt from "./copies/chatgpt.json" with { type: "json" };
import claudeAi from "./copies/claude-ai.json" with { type: "json" };
import claudeCode from "./copies/claude-code.json" with { type: "json" };
import codex from "./copies/codex.json" with { type: "json" };
import opencode from "./copies/opencode.json" with { type: "json" };
import vsCode from "./copies/vs-code.json" with { type: "json" };

/** A client's document as it was on a day, for machines that cannot fetch it. */
export type ShippedCopy = {
  /** The day of the transcription. */
  asOf: string;
  document: { client_id: string; client_name: string; redirect_uris: string[] } & Record<string, unknown>;
};

/**
 * Dated transcriptions of what the best-known clients publish, made from what is known of them and not byte for byte. They count only
 * while the network does not answer: a machine without a way out can then be connected to at all. A fetched document always wins.
 */
export const SHIPPED_COPIES: readonly ShippedCopy[] = [claudeCode, claudeAi, vsCode, chatgpt, codex, opencode];

/** The document shipped for a client id; undefined when there is none. */
export function shippedDocument(clientId: string): ShippedCopy["document"] | undefined {
  return SHIPPED_COPIES.find(({ document }) => document.client_id === clientId)?.document;
}
