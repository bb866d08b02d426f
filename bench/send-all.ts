import { Agent, request } from "node:http";

export type Sent = { bodies: string[]; failures: number; seconds: number };

/** Posts each form once, over `connections` connections, in order as they become free. */
export async function sendAll(url: string, forms: readonly string[], connections = 16): Promise<Sent> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const sent: Sent = { bodies: [], failures: 0, seconds: 0 };
  const queue = forms.values();
  const started = performance.now();
  const run = async (): Promise<void> => {
    for (const form of queue) {
      const { status, body } = await post(url, form, agent);
      sent.bodies.push(body);
      if (status !== 200) sent.failures += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, run));
  sent.seconds = (performance.now() - started) / 1_000;
  agent.destroy();
  return sent;
}

function post(url: string, form: string, agent: Agent): Promise<{ status: number; body: string }> {
  const headers = { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(form) };
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: "POST", agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    sending.on("error", reject);
    sending.end(form);
  });
}
