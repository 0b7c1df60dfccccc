import { defineConfig } from 'vitest/config'

/** Long ones, each with a lab of its own: a bad day takes minutes. `npm run test:rehearsals` runs them. */
const REHEARSALS = [
  'chaos',
  'drills',
  'drills-debian-13',
  'existing-servers',
  'live',
  'operations',
  'resilience',
  'restore',
  'second-config',
].map((name) => `test/e2e/${name}.test.ts`)

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/matrix/**'],
          testTimeout: 180_000, // for a computer that has other things to do
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: REHEARSALS,
          testTimeout: 600_000,
          hookTimeout: 900_000,
        },
      },
      {
        extends: true,
        test: { name: 'rehearsals', include: REHEARSALS, testTimeout: 900_000, hookTimeout: 900_000 },
      },
      {
        extends: true,
        test: {
          name: 'matrix',
          include: ['test/matrix/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
})
