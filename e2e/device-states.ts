import type { Page } from "@playwright/test";
import { expect, openPage } from "./dashboard.ts";
import { startDevice } from "./device-app.ts";
import type { RunningServer } from "./fixtures.ts";

/** Every state of the page that connects a device: how a signed-in browser gets there. */
export type DeviceState = { name: string; reach: (page: Page, server: RunningServer) => Promise<void> };

export const DEVICE_STATES: readonly DeviceState[] = [
  {
    name: "device",
    reach: async (page, server) => {
      const { userCode } = await startDevice(server);
      await openPage(page, server, `/device?user_code=${userCode}`);
    },
  },
  {
    name: "device-wrong",
    reach: async (page, server) => {
      await openPage(page, server, "/device");
      await enter(page, "BCDF-GHJK");
      await expect(page.getByText("That code is wrong or has expired.")).toBeVisible();
    },
  },
  { name: "device-confirm", reach: confirm },
  {
    name: "device-allowed",
    reach: async (page, server) => {
      await confirm(page, server);
      await page.getByRole("button", { name: "Allow", exact: true }).click();
      await expect(page.getByRole("main")).toHaveText("ConnectedGo back to your device.");
    },
  },
  {
    name: "device-denied",
    reach: async (page, server) => {
      await confirm(page, server);
      await page.getByRole("button", { name: "Deny", exact: true }).click();
      await expect(page.getByRole("main")).toHaveText("DeniedYour device was told.");
    },
  },
];

/** Types a code and sends it. */
export async function enter(page: Page, code: string): Promise<void> {
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Continue" }).click();
}

async function confirm(page: Page, server: RunningServer): Promise<void> {
  const { userCode } = await startDevice(server);
  await openPage(page, server, "/device");
  await enter(page, userCode);
  await expect(page.getByText(`Is ${userCode} the code on your device?`)).toBeVisible();
}
