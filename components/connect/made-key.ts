/** A key that was just made, on its way from the page that showed it to the page that puts it in place. */
export type MadeKey = { id: string; name: string; plaintext: string; prefix: string };

let carried: MadeKey | undefined;

/** Takes a key along to the next page. It is in this tab's memory alone, and gone with the document. */
export function carryKey(key: MadeKey): void {
  carried = key;
}

/** The key that was taken along. Whoever calls this has it; nobody can have it again. */
export function receiveKey(): MadeKey | undefined {
  const key = carried;
  carried = undefined;
  return key;
}
