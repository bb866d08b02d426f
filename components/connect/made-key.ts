/** A key that was just made, on its way from the page that showed it to the page that puts it in place. */
export type MadeKey = { id: string; name: string; plaintext: string; prefix: string };

const CARRIED_MS = 30_000;
let carried: MadeKey | undefined;

/** Takes a key along to the next page: in this tab's memory alone, for half a minute, so that nobody finds it there later. */
export function carryKey(key: MadeKey): void {
  carried = key;
  setTimeout(() => {
    if (carried === key) carried = undefined;
  }, CARRIED_MS);
}

/** The key that was taken along. Whoever calls this has it; nobody can have it again. */
export function receiveKey(): MadeKey | undefined {
  const key = carried;
  carried = undefined;
  return key;
}
