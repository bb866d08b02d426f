import { checkText } from "./memory-input.ts";
import { BYTES_MAX } from "./memory-store.ts";
import { DEFAULT_NAMESPACE } from "./vocabulary.ts";

/** Where a write goes: `default` unless it names a namespace. @throws DomainError 'invalid_input' */
export function namespaceToWrite(namespace: string | undefined): string {
  return namespaceToRead(namespace) ?? DEFAULT_NAMESPACE;
}

/** What a read covers: one namespace, or all when undefined. An empty name counts as none. @throws DomainError 'invalid_input' */
export function namespaceToRead(namespace: string | undefined): string | undefined {
  if (namespace === undefined || namespace === "") return undefined;
  checkText("namespace", namespace, BYTES_MAX.name);
  return namespace;
}

/** The `where` of a read. */
export function withinNamespace(namespace: string | undefined): { namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}
