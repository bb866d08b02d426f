import { uuidv7 } from "uuidv7";

/** A new id: UUIDv7 (RFC 9562 section 5.7), so that rows sort by creation. Made here because PostgreSQL 15 to 17 cannot. */
export function newId(): string {
  return uuidv7();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether `value` has the form of an id. PostgreSQL refuses other text with an error, so callers ask first. */
export function isId(value: string): boolean {
  return UUID.test(value);
}
