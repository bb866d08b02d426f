// Run as a program with "python" or "go" and a file: checks that SDK and runs its tests, and writes {passed, failed} to the file.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findLanguage } from "./sdk-language.mjs";
import { fail, ROOT } from "./step.mjs";

const [language = "", report = ""] = process.argv.slice(2);
/** Everything that the SDKs' tools keep: nothing of theirs is written beside the sources. */
const KEPT = join(ROOT, ".test", "sdk");
const { command, version, absence } = findLanguage(language);
if (absence) fail(absence);
mkdirSync(KEPT, { recursive: true });
const counts = language === "go" ? await testGo() : await testPython();
writeFileSync(report, JSON.stringify(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;

/** Counts tests and subtests alike. Nothing is downloaded: the module needs the standard library alone. */
async function testGo() {
  const cwd = join(ROOT, "sdk", "go");
  const own = { GOCACHE: join(KEPT, "go-build"), GOPROXY: "off", GOTOOLCHAIN: "local", GOWORK: "off" };
  const env = { ...process.env, ...own, PENSYVE_TEST_SERVER: "required" };
  const child = spawn(command, ["test", "-count=1", "-vet=all", "-json", "./..."], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const outputs = new Map();
  const failures = new Set();
  const total = { passed: 0, failed: 0 };
  for await (const line of createInterface({ input: child.stdout })) {
    const { Action: action, Test: test = "", Output: output = "" } = JSON.parse(line);
    if (action === "output" || action === "build-output") outputs.set(test, `${outputs.get(test) ?? ""}${output}`);
    if (action === "pass" && test) total.passed += 1;
    if (action === "fail" && test) total.failed += 1;
    if (action === "fail" || action === "build-fail") failures.add(test);
  }
  const status = await ended;
  for (const test of failures) console.error(outputs.get(test) ?? "");
  // It may fail beside its tests: then that is one failure.
  if (status !== 0 && total.failed === 0) {
    console.error(outputs.get("") ?? "");
    total.failed += 1;
  }
  console.log(`Go ${version}: ${total.passed} tests passed, ${total.failed} failed.`);
  return total;
}

/** Format, lint, types and tests, in a virtual environment that is made anew when the packages in it change. */
async function testPython() {
  const cwd = join(ROOT, "sdk", "python");
  const python = makeEnvironment(cwd);
  const own = {
    RUFF_CACHE_DIR: join(KEPT, "ruff"),
    MYPY_CACHE_DIR: join(KEPT, "mypy"),
    PYTHONPYCACHEPREFIX: join(KEPT, "pycache"),
  };
  const options = { cwd, env: { ...process.env, ...own } };
  const checks = [];
  for (const args of [["ruff", "format", "--check", "."], ["ruff", "check", "."], ["mypy"]]) {
    checks.push(one(await isPassing(python, ["-m", ...args], options)));
  }
  const junit = join(KEPT, "pytest.xml");
  rmSync(junit, { force: true });
  const isPassed = await isPassing(python, ["-m", "pytest", "-p", "no:cacheprovider", `--junitxml=${junit}`], options);
  const tests = existsSync(junit) ? countTests(readFileSync(junit, "utf8")) : one(false);
  return sum([...checks, !isPassed && tests.failed === 0 ? { ...tests, failed: 1 } : tests]);
}

function countTests(xml) {
  const number = (name) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(xml)?.[1] ?? 0);
  const failed = number("failures") + number("errors");
  return { passed: number("tests") - failed - number("skipped"), failed };
}

/** @returns the interpreter of an environment with what the tests need, in the versions that are pinned. */
function makeEnvironment(cwd) {
  const pins = join(cwd, "tests", "constraints.txt");
  const inputs = [version, process.platform, readFileSync(join(cwd, "pyproject.toml")), readFileSync(pins)];
  const hash = inputs
    .reduce((digest, part) => digest.update(part), createHash("sha256"))
    .digest("hex")
    .slice(0, 12);
  const folder = join(KEPT, `python-${hash}`);
  const python = process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
  const record = join(folder, "complete");
  if (existsSync(record)) return python;
  for (const old of readdirSync(KEPT).filter((name) => name.startsWith("python-"))) {
    rmSync(join(KEPT, old), { recursive: true, force: true });
  }
  const made = quiet(command, ["-m", "venv", folder]);
  if (made.status !== 0) makeWithoutPip(folder, python, made.output);
  const env = { ...process.env, PIP_CONSTRAINT: pins, PIP_DISABLE_PIP_VERSION_CHECK: "1" };
  // Older ones can neither install from sources in place nor into another environment; a newer one stays as it is.
  for (const packages of [["pip>=22.3"], ["--editable", ".[test]"]]) {
    const installed = quiet(python, ["-m", "pip", "install", "--quiet", ...packages], { cwd, env });
    if (installed.status === 0) continue;
    fail(
      `${installed.output}\nThe packages of the Python SDK's tests cannot be installed: see above. Often the package registry refuses.`,
    );
  }
  writeFileSync(record, "");
  return python;
}

/** Debian's Python comes without pip until python3-venv is installed. The same pip is in a package that needs no installation. */
function makeWithoutPip(folder, python, problem) {
  rmSync(folder, { recursive: true, force: true });
  const apt = join(KEPT, "apt");
  rmSync(apt, { recursive: true, force: true });
  for (const part of ["lists/partial", "cache/archives/partial"]) mkdirSync(join(apt, part), { recursive: true });
  const own = ["-o", `Dir::State::lists=${join(apt, "lists")}`, "-o", `Dir::Cache=${join(apt, "cache")}`, "-qq"];
  // As root, apt would download as a user of its own, who cannot write here.
  const settings = [...own, "-o", "APT::Sandbox::User=root"];
  const unpack = "dpkg-deb -x python3-pip-whl_*.deb . && mv usr/share/python-wheels/pip-*.whl .";
  const steps = [
    ["apt-get", [...settings, "update"]],
    ["apt-get", [...settings, "download", "python3-pip-whl"]],
    ["sh", ["-c", unpack]],
    [command, ["-m", "venv", "--without-pip", folder]],
  ];
  for (const [program, args] of steps) {
    const { status, output } = quiet(program, args, { cwd: apt });
    if (status !== 0) {
      fail(
        `${problem}${output}\nPython ${version} is on this machine without venv and pip. Install python3-venv for the tests of its SDK.`,
      );
    }
  }
  const wheel = readdirSync(apt).find((name) => name.endsWith(".whl")) ?? "";
  const pip = ["install", "--quiet", "--no-index", join(apt, wheel)];
  const { status, output } = quiet(python, [join(apt, wheel, "pip"), ...pip]);
  if (status !== 0) fail(`${output}\npip cannot be put into a virtual environment. Install python3-venv.`);
  rmSync(apt, { recursive: true, force: true });
}

function quiet(program, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", ...options });
  return { status, output: `${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}` };
}

function isPassing(program, args, options) {
  const child = spawn(program, args, { ...options, stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((resolve) => {
    child.once("error", () => resolve(false));
    child.once("exit", (status) => resolve(status === 0));
  });
}

function one(isPassed) {
  return { passed: isPassed ? 1 : 0, failed: isPassed ? 0 : 1 };
}

function sum(results) {
  const of = (key) => results.reduce((total, each) => total + each[key], 0);
  return { passed: of("passed"), failed: of("failed") };
}
