import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { parseEnv } from "#lib/env.ts";
import { flushLog } from "#lib/log.ts";
import { mailText } from "./mail-text.ts";
import { mailsSent, queueMail } from "./send-mail.ts";

const PUBLIC_URL = "https://auth.example.org";
const MAIL = mailText(
  "maya@example.org",
  {
    subject: "“<b>Tab</b> & Co” can now use your memories",
    paragraphs: ["You let “<b>Tab</b> & Co” (unverified) use your memories: Full access."],
    link: { label: "Review connected apps", url: `${PUBLIC_URL}/apps` },
  },
  PUBLIC_URL,
);
let dataDir = "";
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "pensyve-mail-"));
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const environment = (more: Record<string, string> = {}) =>
  parseEnv({ PUBLIC_URL, DATA_DIR: dataDir, SECRET: "a secret that only this test knows, 32 bytes", ...more });

function logged(): () => string {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  return () => {
    flushLog();
    return write.mock.calls.map(([line]) => String(line)).join("");
  };
}

test("foreign text is escaped in HTML, and a mail has one link", () => {
  expect(MAIL.html).toContain("“&lt;b&gt;Tab&lt;/b&gt; &amp; Co”");
  expect(MAIL.html.match(/href=/g)).toHaveLength(1);
  expect(MAIL.html).not.toMatch(/<img|<style|src=/);
  expect(MAIL.text).toContain("“<b>Tab</b> & Co” (unverified)");
  expect(MAIL.text).toContain("Review connected apps: https://auth.example.org/apps");
  expect(MAIL.text).toContain("Pensyve at auth.example.org");
});

test("without SMTP_URL a mail is a file that its owner alone can read; the log names it, never its content", async () => {
  const log = logged();
  queueMail(() => Promise.resolve(MAIL), environment());
  await mailsSent();
  const [file = ""] = await readdir(join(dataDir, "mail"));
  const path = join(dataDir, "mail", file);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(dataDir, "mail"))).mode & 0o777).toBe(0o700);
  expect(await readFile(path, "utf8")).toContain("To: maya@example.org");
  expect(log()).toContain(path);
  expect(log()).not.toMatch(/maya@example|Tab|memories/);
});

test("with SMTP_URL it goes to the mail server, from this server's host", async () => {
  const server = await mailServer(["220 ready", "250 ok"]);
  const log = logged();
  queueMail(() => Promise.resolve(MAIL), environment({ SMTP_URL: server.url }));
  await mailsSent();
  expect(server.received()).toContain("MAIL FROM:<no-reply@auth.example.org>");
  expect(server.received()).toContain("RCPT TO:<maya@example.org>");
  expect(server.received()).toContain("Review connected apps");
  expect(log()).toContain("Mail sent");
  server.close();
});

test("a failure is a line in the log without address or content, and the next mail goes out", async () => {
  const server = await mailServer(["220 ready", "550 no such user maya@example.org"]);
  const log = logged();
  queueMail(() => Promise.resolve(MAIL), environment({ SMTP_URL: server.url }));
  queueMail(() => Promise.reject(new Error("maya@example.org")), environment());
  const before = (await readdir(join(dataDir, "mail"))).length;
  queueMail(() => Promise.resolve(MAIL), environment());
  await mailsSent();
  expect(log().match(/A mail was not sent/g)).toHaveLength(2);
  expect(log()).not.toContain("maya@example.org");
  expect(await readdir(join(dataDir, "mail"))).toHaveLength(before + 1);
  server.close();
});

test.each(["mail.example.org", "http://mail.example.org", "smtp://", "smtp:/x"])("SMTP_URL %s is refused", (url) => {
  expect(() => environment({ SMTP_URL: url })).toThrow("SMTP_URL is not an address of a mail server");
});

/** A mail server that greets with the first line, and answers every command with the second, in the order of RFC 5321. */
async function mailServer([greeting, answer]: [string, string]) {
  let received = "";
  const server = createServer((socket) => {
    let isData = false;
    socket.on("error", () => undefined);
    socket.write(`${greeting}\r\n`);
    socket.on("data", (chunk) => {
      received += chunk;
      const text = String(chunk);
      if (isData) {
        if (!/\r\n\.\r\n$/.test(received)) return;
        isData = false;
        socket.write("250 ok\r\n");
        return;
      }
      for (const command of text.split("\r\n").filter(Boolean)) {
        if (command === "QUIT") socket.end("221 bye\r\n");
        else if (command === "DATA") {
          isData = true;
          socket.write("354 go on\r\n");
        } else socket.write(/^(EHLO|HELO)/.test(command) ? "250 ok\r\n" : `${answer}\r\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `smtp://127.0.0.1:${port}`, received: () => received, close: () => server.close() };
}
