/** 128 random bits in hex: marks one act, so that repeating it changes nothing. Works without a secure context too. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
