/** One line of the doctor's: what was looked at, how it is, and what to do when it is not well. */
export type Check = { name: string; status: "ok" | "warn" | "fail"; message: string };

export const ok = (name: string, message: string): Check => ({ name, status: "ok", message });
export const warn = (name: string, message: string): Check => ({ name, status: "warn", message });
export const fail = (name: string, message: string): Check => ({ name, status: "fail", message });
