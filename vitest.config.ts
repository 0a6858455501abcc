import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    maxWorkers: 2,
    testTimeout: 30_000,
    // What is waited for may take long on a busy machine: a second is the default.
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 60_000,
  },
})
