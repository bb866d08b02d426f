import { execFileSync } from "node:child_process";
import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";

const DOWNLOADED = join(import.meta.dirname, "..", ".test", "chromium");

/**
 * A Chromium for the tests, found without a download: PLAYWRIGHT_CHROMIUM, Playwright's own, /usr/bin/chromium, else the one in the npm
 * package @sparticuz/chromium. Of that package only the binary is used: its own arguments switch web security and site isolation off, and
 * tests of CORS, CSRF and framing would then pass whatever the server does.
 * @throws Error when none is found, or the last one lacks libraries.
 */
export async function findChromium(): Promise<{
  executablePath: string;
  args: string[];
  environment: Record<string, string>;
}> {
  const args = ["--headless=shell", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
  const installed = [process.env["PLAYWRIGHT_CHROMIUM"], chromium.executablePath(), "/usr/bin/chromium"];
  const executablePath = installed.find(isExecutable);
  if (executablePath) return { executablePath, args, environment: ownEnvironment() };
  const packaged = await unpack();
  return { ...packaged, args };
}

function isExecutable(path: string | undefined): path is string {
  try {
    accessSync(path ?? "", constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The package unpacks into the temporary folder and takes whatever lies there already: so it is given a folder of ours. */
async function unpack(): Promise<{ executablePath: string; environment: Record<string, string> }> {
  mkdirSync(DOWNLOADED, { recursive: true });
  const before = { TMPDIR: process.env["TMPDIR"], AWS_EXECUTION_ENV: process.env["AWS_EXECUTION_ENV"] };
  // Under this name it also unpacks the libraries that slim systems lack (NSS and its like).
  Object.assign(process.env, { TMPDIR: DOWNLOADED, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" });
  try {
    const { default: packaged } = await import("@sparticuz/chromium");
    const executablePath = await packaged.executablePath();
    const environment = { ...ownEnvironment(), FONTCONFIG_FILE: writeFontConfiguration() };
    const missing = missingLibraries(executablePath);
    if (missing.length === 0) return { executablePath, environment };
    const LD_LIBRARY_PATH = join(DOWNLOADED, "al2023", "lib");
    const stillMissing = missingLibraries(executablePath, LD_LIBRARY_PATH);
    if (stillMissing.length === 0) return { executablePath, environment: { ...environment, LD_LIBRARY_PATH } };
    throw new Error(
      `Chromium lacks ${stillMissing.join(", ")} on this system. Install a Chromium and name it in PLAYWRIGHT_CHROMIUM.`,
    );
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** The package's own file names /tmp/fonts. Where no font is found at all, Chromium refuses web fonts too and text has no width. */
function writeFontConfiguration(): string {
  const file = join(DOWNLOADED, "fonts.conf");
  const lines = [join(DOWNLOADED, "fonts"), "/usr/share/fonts"].map((folder) => `<dir>${folder}</dir>`).join("");
  const cache = `<cachedir>${join(DOWNLOADED, "fonts-cache")}</cachedir>`;
  writeFileSync(file, `<?xml version="1.0"?><fontconfig>${lines}${cache}</fontconfig>\n`);
  return file;
}

function missingLibraries(executable: string, libraries = ""): string[] {
  try {
    const env = { ...process.env, LD_LIBRARY_PATH: libraries };
    const output = execFileSync("ldd", [executable], { encoding: "utf8", env });
    return [...output.matchAll(/(\S+) => not found/g)].map((match) => match[1] ?? "");
  } catch {
    return [];
  }
}

function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
