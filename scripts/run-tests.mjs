import { spawn } from "node:child_process";
import {
  chmodSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ensureBuild, ensureClient, ensurePackages, findNode } from "./bootstrap.mjs";
import { registerUser } from "./checkout-lock.mjs";
import { findLanguage } from "./sdk-language.mjs";
import { exitStatus, ROOT } from "./step.mjs";

/** The tests' own build of the pages: a server that runs from this checkout keeps its own. */
const BUILD = ".next-test";
const OUTPUT = join(ROOT, ".test");
/** What the run's processes printed and logged, and which secrets it made: the last step searches the one for the other. */
const RECORD = join(OUTPUT, "record");
/** Where everything that the tests start has its files, in its arguments: so that what a killed suite left behind is found. Short, for sockets. */
const TEMPORARY = mkdtempSync(join(tmpdir(), "pensyve-"));
const OUTPUT_MS = 5_000;
/** Programs of others have lockfiles of their own: they are large, and no part of the product. */
const CLIENTS = join(ROOT, "e2e", "clients", "packages");
const CONFORMANCE = join(ROOT, "e2e", "conformance", "packages");
/** Their programs are put in place by a script that runs after the installation. The others' do without theirs. */
const WITH_SCRIPT = ["@anthropic-ai/claude-code", "opencode-ai"];
/** What hangs is ended, so that the whole stays under 25 minutes on two cores. */
const MINUTES_MAX = {
  biome: 2,
  tsc: 3,
  "tsc-sdk": 1,
  knip: 2,
  vitest: 12,
  "sdk-typescript": 3,
  "sdk-python": 8,
  "sdk-go": 4,
  playwright: 14,
  conformance: 2,
  secrets: 2,
  slow: 35,
  packages: 10,
  programs: 2,
  "code-server": 12,
  clients: 15,
  "mcp-suite": 12,
};

/**
 * Runs the checks one after the other, goes on after one that fails, and ends with one line `N passed, M failed` over all of them.
 * @param {"all" | "check" | "slow" | "conformance" | "clients"} selection everything; what takes less than two minutes; the suites
 * that take minutes each; the conformance suite of MCP; clients of others, as their users install them.
 */
export async function runTests(selection) {
  process.on("exit", cleanUp);
  await ensurePackages();
  const node = findNode();
  await ensureClient(node);
  rmSync(RECORD, { recursive: true, force: true });
  mkdirSync(join(RECORD, "output"), { recursive: true });
  chmodSync(TEMPORARY, 0o1777);
  process.on("exit", registerUser(""));

  const tool = (path) => join(ROOT, "node_modules", path);
  const plain = process.stdout.isTTY ? [] : ["--colors=off"];
  const vitest = [tool("vitest/vitest.mjs"), "run"];
  const conformance = join(ROOT, "scripts", "conformance.mjs");
  const slow = join(ROOT, "vitest.slow.config.ts");
  const build = () => timed("build", async () => one(await ensureBuild(node, BUILD)));
  const quick = [
    () => check(node, "biome", [tool("@biomejs/biome/bin/biome"), "ci", "--diagnostic-level=error", ...plain]),
    () => check(node, "tsc", [tool("typescript/bin/tsc"), "--noEmit", "-p", "."]),
    () => check(node, "tsc-sdk", [tool("typescript/bin/tsc"), "-p", join("sdk", "typescript")]),
    () => check(node, "knip", [tool("knip/bin/knip.js"), "--no-progress"]),
  ];
  const conforms = existsSync(conformance) ? [() => check(node, "conformance", [conformance, "--check"])] : [];
  const units = () => suite(node, "vitest", vitest, vitestReport);
  const sdks = [
    () => suite(node, "sdk-typescript", [...vitest, "--root", join("sdk", "typescript")], vitestReport),
    // Together, since the one mostly waits and the other mostly compiles.
    () => Promise.all([sdkSuite(node, "python"), sdkSuite(node, "go")]),
  ];
  const browser = () => suite(node, "playwright", [tool("@playwright/test/cli.js"), "test"], playwrightReport);
  const secrets = () => check(node, "secrets", [join(ROOT, "test", "scan-record.ts"), RECORD]);
  const trials = () => suite(node, "slow", [...vitest, "--config", slow], vitestReport);
  // The level, since `npm run --silent` hands its own on, and the reason of a failure would be silent too.
  const npm = (name, ...args) => check("npm", name, [...args, "--loglevel=error", "--no-audit", "--no-fund"]);
  const install = (folder) => npm("packages", "ci", "--ignore-scripts", "--prefix", folder);
  const programs = () => npm("programs", "rebuild", ...WITH_SCRIPT, "--ignore-scripts=false", "--prefix", CLIENTS);
  const codeServer = () => check(node, "code-server", [join(ROOT, "e2e", "clients", "install-code-server.ts")]);
  const others = (name, config) =>
    suite(node, name, [tool("@playwright/test/cli.js"), "test", "--config", config], playwrightReport);
  const steps = {
    check: [...quick, ...conforms, units],
    all: [...quick, ...conforms, build, units, ...sdks, browser, secrets],
    slow: [build, trials],
    conformance: [() => install(CONFORMANCE), build, () => others("mcp-suite", "playwright.conformance.config.ts")],
    clients: [
      () => install(CLIENTS),
      programs,
      codeServer,
      build,
      () => others("clients", "playwright.clients.config.ts"),
      secrets,
    ],
  }[selection];
  const results = [];
  for (const step of steps) results.push(...[await step()].flat());

  console.log("");
  for (const { name, seconds, passed, failed, absence } of results) {
    if (absence) {
      console.log(absence);
      continue;
    }
    const outcome = failed > 0 ? `${failed} FAILED, ${passed} passed` : `${passed} passed`;
    console.log(`${name.padEnd(14)} ${`${seconds} s`.padStart(6)}  ${outcome}`);
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
  process.exit(sum("failed") > 0 ? 1 : 0);
}

/** A step that counts as one test. */
function check(node, name, args) {
  return timed(name, async () => one((await run(node, name, args)) === 0));
}

/** A step whose tests are counted from the report that it writes. A suite that ran nothing, or failed beside its tests, has failed. */
function suite(node, name, args, report) {
  return timed(name, async () => {
    const file = join(OUTPUT, `${name}.json`);
    rmSync(file, { force: true });
    const status = await run(node, name, [...args, ...report.args(file)], report.env(file));
    const counted = existsSync(file) ? report.count(JSON.parse(readFileSync(file, "utf8"))) : { passed: 0, failed: 0 };
    const isSilentFailure = counted.failed === 0 && (status !== 0 || counted.passed === 0);
    return isSilentFailure ? { ...counted, failed: 1 } : counted;
  });
}

/** The tests of an SDK in another language; where that is not on this machine, a line that says so. */
async function sdkSuite(node, language) {
  const { absence } = findLanguage(language);
  if (absence) return { name: language, seconds: 0, passed: 0, failed: 0, absence };
  return suite(node, `sdk-${language}`, [join(ROOT, "scripts", "test-sdk.mjs"), language], countReport);
}

const countReport = { args: (file) => [file], env: () => ({}), count: (counts) => counts };

const vitestReport = {
  args: (file) => ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
  env: () => ({}),
  count: (report) => {
    // A file that could not be loaded has no tests, and is one failure.
    const broken = report.testResults.filter((each) => each.status === "failed" && each.assertionResults.length === 0);
    return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
  },
};

const playwrightReport = {
  args: () => ["--reporter=list,json"],
  env: (file) => ({ PLAYWRIGHT_JSON_OUTPUT_NAME: file }),
  count: ({ stats, errors }) => ({ passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length }),
};

async function timed(name, work) {
  console.log(`\n── ${name}`);
  const started = Date.now();
  const counts = await work();
  return { name, seconds: Math.round((Date.now() - started) / 1000), ...counts };
}

function one(isPassed) {
  return { passed: isPassed ? 1 : 0, failed: isPassed ? 0 : 1 };
}

/** What ends the children that run now. */
const running = new Set();

/** In a process group of its own, so that a timeout or a signal ends what it started too. */
async function run(node, name, args, variables = {}) {
  const bin = join(ROOT, "node_modules", ".bin");
  const env = {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`,
    NEXT_DIST_DIR: BUILD,
    TMPDIR: TEMPORARY,
    PENSYVE_TEST_RECORD: RECORD,
    ...(process.stdout.isTTY ? {} : { NO_COLOR: "1" }),
    ...variables,
  };
  const child = spawn(node, args, { cwd: ROOT, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const kept = createWriteStream(join(RECORD, "output", `${name}.log`));
  for (const [stream, shown] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    stream.pipe(shown, { end: false });
    stream.pipe(kept, { end: false });
  }
  const end = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // Ended meanwhile.
    }
  };
  const timer = setTimeout(() => {
    console.error(`${name} takes longer than ${MINUTES_MAX[name]} minutes: ended.`);
    end("SIGTERM");
    setTimeout(end, 10_000, "SIGKILL").unref();
  }, MINUTES_MAX[name] * 60_000);
  running.add(end);
  const onSignal = (signal) => {
    for (const endOne of running) endOne(signal);
    process.exit(exitStatus(null, signal));
  };
  const signals = ["SIGTERM", "SIGINT", "SIGHUP"];
  for (const signal of signals) process.on(signal, onSignal);
  const status = await new Promise((resolve) => {
    child.once("error", () => resolve(1));
    // Its output may end a little later, or never, if it left something behind that holds the other end.
    child.once("exit", (code, signal) => setTimeout(resolve, OUTPUT_MS, exitStatus(code, signal)));
    child.once("close", (code, signal) => resolve(exitStatus(code, signal)));
  });
  kept.end();
  clearTimeout(timer);
  running.delete(end);
  for (const signal of signals) process.off(signal, onSignal);
  return status;
}

/** Ends the databases and servers of suites that could not do so themselves, and removes their files. */
function cleanUp() {
  const pids = process.platform === "linux" ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  for (const pid of pids) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`${TEMPORARY}/`)) process.kill(Number(pid), "SIGKILL");
    } catch {
      // Ended meanwhile, or another user's.
    }
  }
  rmSync(TEMPORARY, { recursive: true, force: true });
}
