import { Agent, request } from "node:http";

/**
 * The headers of a request with this key, as a proxy in front passes them on: each from another address, so that the limit on failed
 * credentials per address does not answer in place of the verification.
 */
export function credentialFromAnywhere(key: string): Record<string, string> {
  const address = Array.from({ length: 3 }, () => Math.floor(Math.random() * 256)).join(".");
  return { authorization: `Bearer ${key}`, "x-forwarded-for": `10.${address}` };
}

type Answer = { sentAt: number; status: number };

/**
 * Keeps `connections` connections to one gateway busy with `GET /v1/me`, each with whatever key is current when it sends.
 * Times are performance.now() of this process, taken right before the request goes out.
 */
export function hammer(url: string, connections: number, currentKey: () => string) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const answers: Answer[] = [];
  let running = true;
  const send = (key: string): Promise<number> =>
    new Promise((resolve, reject) => {
      request(`${url}/v1/me`, { agent, headers: credentialFromAnywhere(key) }, (response) => {
        response.resume().once("end", () => resolve(response.statusCode ?? 0));
      })
        .once("error", reject)
        .end();
    });
  const worker = async (): Promise<void> => {
    while (running) {
      const sentAt = performance.now();
      // A gateway that is stopped answers when it goes on; one that is gone is an answer too.
      const status = await send(currentKey()).catch(() => 0);
      answers.push({ sentAt, status });
    }
  };
  const workers = Array.from({ length: connections }, worker);
  return {
    answers,
    /** How many requests that were sent after `time` have been answered. */
    answeredSince: (time: number) => answers.filter((answer) => answer.sentAt > time).length,
    stop: async () => {
      running = false;
      await Promise.all(workers);
      agent.destroy();
    },
  };
}
