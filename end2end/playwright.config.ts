import { defineConfig } from "@playwright/test";

// Debian's Chromium, and one worker: the tests share two cores with the server, OpenBao and the
// registries, and nothing is tried twice to make it green.
export default defineConfig({
  testDir: "tests",
  outputDir: "results/traces",
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["json", { outputFile: "results/report.json" }]],
  use: {
    viewport: { width: 1280, height: 800 },
    // What hangs is named; without a limit a navigation waits for the end of its test.
    navigationTimeout: 60_000,
    screenshot: "only-on-failure",
    trace: "off",
    launchOptions: {
      executablePath: process.env["HAWSER_TEST_CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
      ],
    },
  },
});
