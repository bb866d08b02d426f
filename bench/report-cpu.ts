/** Preloaded into the measured processes (`--import`): answers each message of the parent with the CPU time used so far. */
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicroseconds: user + system });
});
process.channel?.unref();
// Without it, a process that does not listen for the signal ends without writing its profile.
process.once("SIGTERM", () => {
  if (process.listenerCount("SIGTERM") === 0) process.exit(0);
});
