/**
 * Opens Cursor, which asks before it adds the server. The server is the value that `mcp.json` has under its name, as base64
 * of JSON (cursor.com/docs/mcp/install-links).
 */
export function cursorLink(server: Record<string, unknown>): string {
  const config = encodeURIComponent(btoa(JSON.stringify(server)));
  return `cursor://anysphere.cursor-deeplink/mcp/install?name=pensyve&config=${config}`;
}

/** Opens VS Code, which asks before it adds the server: JSON with the name inside, percent-encoded (code.visualstudio.com/api/extension-guides/ai/mcp). */
export function vsCodeLink(server: Record<string, unknown>): string {
  return `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name: "pensyve", ...server }))}`;
}
