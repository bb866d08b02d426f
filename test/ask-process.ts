import { request } from "node:http";

export type ProcessAnswer = { status: number; json: Record<string, unknown> };

/**
 * Asks one process of several that serve the same address: connects to its port, and names `publicUrl` as the host.
 * A form is posted; without one it is a GET.
 */
export function askProcess(
  port: number,
  publicUrl: string,
  path: string,
  { form, token }: { form?: Readonly<Record<string, string>>; token?: string } = {},
): Promise<ProcessAnswer> {
  return new Promise((resolve, reject) => {
    const headers = {
      host: new URL(publicUrl).host,
      ...(form ? { "content-type": "application/x-www-form-urlencoded" } : {}),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const outgoing = request(
      { hostname: "127.0.0.1", port, path, method: form ? "POST" : "GET", headers },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          resolve({ status: incoming.statusCode ?? 0, json: JSON.parse(Buffer.concat(chunks).toString() || "{}") });
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(form ? new URLSearchParams(form).toString() : "");
  });
}
