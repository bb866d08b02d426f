import type { IncomingMessage } from "node:http";
import { parseJson } from "./strict-json.ts";

export const BODY_BYTES_MAX = 2 * 1024 * 1024;
/** A body that is too large is still read this far, so that its sender gets to see the answer; then the connection ends. */
const DRAIN_BYTES_MAX = 64 * 1024 * 1024;

/**
 * What a body turned out to be:
 * - `value`: JSON; `undefined` when the body is empty, which clients send with a JSON content type;
 * - `too_large`, `unsupported` (content type or encoding), `malformed` (see strict-json.ts);
 * - `aborted`: the client went away.
 */
export type Body = { kind: "value"; value: unknown } | { kind: "too_large" | "unsupported" | "malformed" | "aborted" };

/** Reads the body as JSON. Never rejects. */
export async function readJsonBody(request: IncomingMessage): Promise<Body> {
  const bytes = await readBytes(request);
  if (typeof bytes === "string") return { kind: bytes };
  if (bytes.length === 0) return { kind: "value", value: undefined };
  if (!isJson(request.headers["content-type"]) || isEncoded(request)) return { kind: "unsupported" };
  const parsed = parseJson(bytes);
  return parsed.ok ? { kind: "value", value: parsed.value } : { kind: "malformed" };
}

function readBytes(request: IncomingMessage): Promise<Buffer | "too_large" | "aborted"> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= BODY_BYTES_MAX) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      resolve("too_large");
      if (length > DRAIN_BYTES_MAX) request.destroy();
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("close", () => resolve("aborted"));
    request.on("error", () => resolve("aborted"));
  });
}

/** `application/json` or `…+json`, or none, which some clients leave out. */
function isJson(contentType: string | undefined): boolean {
  const type = (contentType ?? "application/json").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return type === "application/json" || (type.startsWith("application/") && type.endsWith("+json"));
}

function isEncoded(request: IncomingMessage): boolean {
  const encoding = request.headers["content-encoding"];
  return encoding !== undefined && encoding !== "identity";
}
