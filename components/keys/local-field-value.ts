/** An instant as `<input type="datetime-local">` takes it: to the minute, in the browser's zone. */
export function localFieldValue(at: Date): string {
  const two = (value: number) => value.toString().padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
