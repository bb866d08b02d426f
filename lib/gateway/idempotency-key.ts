import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { DomainError } from "#lib/errors.ts";

/** Printable ASCII. The quotes that the draft wants around a key are characters of it like others. */
const KEY = /^[\x20-\x7e]{1,255}$/;

/**
 * The key of a write that may be repeated (draft-ietf-httpapi-idempotency-key-header-07, section 2.1), or undefined without the header.
 * @throws DomainError 'invalid_request' when it is empty, longer than 255 characters, not printable ASCII, or there are several
 */
export function readIdempotencyKey(request: IncomingMessage): string | undefined {
  if (request.headers["idempotency-key"] === undefined) return undefined;
  const [key = "", ...more] = request.headersDistinct["idempotency-key"] ?? [];
  if (more.length === 0 && KEY.test(key)) return key;
  throw new DomainError("invalid_request", {
    message:
      "The header Idempotency-Key must be there once, with 1 to 255 printable ASCII characters. Send a UUID, a new one for each request and the same for its repeats.",
  });
}

/** Tells requests apart: SHA-256 of the operation and its input as JSON, whatever the order of its fields. Pure. */
export function fingerprintOf(operation: string, input: unknown): Uint8Array<ArrayBuffer> {
  return sha256(
    JSON.stringify([operation, input], (_name, value: unknown) => (isRecord(value) ? sorted(value) : value)),
  );
}

/** SHA-256, 32 bytes. */
export function sha256(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(text, "utf8").digest());
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
