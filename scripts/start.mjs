// npm start and npm run dev. Only built-ins, and nothing that an old Node cannot read, so that it can say what is wrong.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Pensyve Auth needs Node 20.19 or newer to start; this is ${process.versions.node}. Install a newer one.`,
  );
  process.exit(1);
}
const { launch } = await import("./launch.mjs");
const mode = ["dev", "build"].find((each) => process.argv.includes(`--${each}`)) ?? "start";
await launch(mode);
