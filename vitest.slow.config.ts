import { defineConfig, mergeConfig } from "vitest/config";
import config from "./vitest.config.ts";

/** Suites that take minutes: many trials under load. One file at a time, so that they measure themselves. */
export default mergeConfig(
  { ...config, test: { ...config.test, include: [], exclude: [] } },
  defineConfig({ test: { include: ["**/*.slow.test.ts"], exclude: ["node_modules/**"], maxWorkers: 1 } }),
);
