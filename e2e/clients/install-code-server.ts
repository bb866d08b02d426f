import { installCodeServer } from "./code-server.ts";

// Run as a program, before the tests: it takes longer than a test may.
await installCodeServer();
