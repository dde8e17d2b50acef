import { defineConfig } from '@playwright/test';

/** Chromium comes from the system (scripts/chromium.mjs). Its background services are off: they only wait for a network that may not be there. */
const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// Playwright reads this where it looks for Electron's binary.
process.env.ELECTRON_OVERRIDE_DIST_PATH ??= `${import.meta.dirname}/e2e/electron-simulator/dist`;

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/e2e',
  fullyParallel: false,
  // A spec waits for most of its time: two at once take little more than one. Each worker has a fleet and a console of its own.
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  retries: 0,
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: { launchOptions: { executablePath: process.env.PLUMBLINE_CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM_ARGS } },
});
