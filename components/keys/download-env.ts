/** Hands the browser a file with the key. Its name has no leading dot: browsers drop it. */
export function downloadEnv(plaintext: string, apiUrl: string): void {
  const text = `PENSYVE_API_KEY=${plaintext}\nPENSYVE_API_URL=${apiUrl}\n`;
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "pensyve.env";
  link.click();
  URL.revokeObjectURL(url);
}
