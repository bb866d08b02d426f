// npm test. Only built-ins, and nothing that an old Node cannot read, so that it can say what is wrong.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`The tests need Node 20.19 or newer to start; this is ${process.versions.node}. Install a newer one.`);
  process.exit(1);
}
const { runTests } = await import("./run-tests.mjs");
await runTests(["slow", "check", "conformance", "clients"].find((each) => process.argv.includes(`--${each}`)) ?? "all");
