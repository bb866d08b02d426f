/**
 * One value per process under `name`, kept on globalThis: server.ts and Next's bundle are two module graphs,
 * so a plain module variable would exist twice.
 * @returns the value that the first caller's `make` returned.
 */
export function singleton<Value>(name: string, make: () => Value): Value {
  const key = Symbol.for(`pensyve-auth.${name}`);
  const store = globalThis as unknown as Record<symbol, Value | undefined>;
  store[key] ??= make();
  return store[key];
}
