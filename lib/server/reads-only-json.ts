/** Whether `accept` (the header) is that of a program which reads JSON, and no page. */
export function readsOnlyJson(accept: string | null | undefined): boolean {
  return accept?.includes("application/json") === true && !accept.includes("text/html");
}
