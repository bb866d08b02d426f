import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { type Env, env } from "#lib/env.ts";
import { newId } from "#lib/ids.ts";
import { log } from "#lib/log.ts";
import { singleton } from "#lib/singleton.ts";
import type { Mail } from "./mail-text.ts";

const CONNECT_MS = 10_000;
const SILENCE_MS = 20_000;
/** More than this at once is a flood, or a mail server that hangs. */
const QUEUE_MAX = 1_000;

const queue = singleton("mail-queue", () => ({ length: 0, last: Promise.resolve() }));

/**
 * Sends a mail after what is being done, one at a time: never throws, never keeps anybody waiting, and a failure is a line in the
 * log without the mail's content. Without SMTP_URL it becomes a file in DATA_DIR/mail that its owner alone can read, and the log
 * names the file.
 * @param compose is called when its turn comes; undefined: there is nobody to send it to any more.
 */
export function queueMail(compose: () => Promise<Mail | undefined>, environment: Env = env()): void {
  if (queue.length >= QUEUE_MAX) {
    log.error("A mail was dropped: too many are waiting");
    return;
  }
  queue.length += 1;
  queue.last = queue.last.then(async () => {
    try {
      const mail = await compose();
      if (mail) await deliver(mail, environment);
    } catch (error) {
      log.error("A mail was not sent", { reason: codeOf(error) });
    } finally {
      queue.length -= 1;
    }
  });
}

/** Until everything queued so far is sent or has failed. */
export async function mailsSent(): Promise<void> {
  await queue.last;
}

async function deliver(mail: Mail, { smtpUrl, dataDir, publicUrl }: Env): Promise<void> {
  const from = { name: "Pensyve", address: `no-reply@${new URL(publicUrl).hostname.replace(/[[\]]/g, "")}` };
  if (smtpUrl !== undefined) {
    const timeouts = { connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: SILENCE_MS };
    await createTransport({ url: smtpUrl, ...timeouts }).sendMail({ from, ...mail });
    log.info("Mail sent");
    return;
  }
  const { message } = await createTransport({ streamTransport: true, buffer: true }).sendMail({ from, ...mail });
  const folder = join(dataDir, "mail");
  const file = join(folder, `${newId()}.eml`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(file, message, { mode: 0o600, flag: "wx" });
  log.info("Mail written to a file, as SMTP_URL is not set", { file });
}

/** What went wrong, without what a mail server or the mail said: addresses and passwords may be in it. */
function codeOf(error: unknown): string {
  const { code, responseCode, name } = Object(error) as { code?: unknown; responseCode?: unknown; name?: unknown };
  return [code ?? name ?? "unknown", responseCode].filter((part) => part !== undefined).join(" ");
}
