import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Long ones, each with a lab of its own: a bad day takes minutes. `npm run test:rehearsals` runs them. */
const REHEARSALS = [
  'barman-kinds',
  'base-backups-over-ssh',
  'chaos',
  'cut-restores',
  'deletions',
  'drills',
  'drills-debian-13',
  'drills-debian-14',
  'drills-postgres-19',
  'exact',
  'exam',
  'existing-servers',
  'foreign-clusters',
  'grade',
  'guest-runner',
  'habits',
  'live',
  'lost-primaries',
  'newcomer',
  'operations',
  'own-disks',
  'red-hat',
  'resilience',
  'restore',
  'second-config',
  'second-up',
  'snapshot',
  'taken-over',
  'two-labs',
  'unanswering',
  'warm-machines',
].map((name) => `test/e2e/${name}.test.ts`)

/** Takes away what a run that was killed has left. */
const LEFTOVERS = 'test/e2e/leftovers.ts'

export default defineConfig({
  test: {
    // Each of our tests waits for programs half of its time; by itself Vitest leaves one processor out.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          globalSetup: 'test/support/temporary-files.ts',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/matrix/**', 'test/virtualbox/**', 'test/vm/**'],
          testTimeout: 180_000, // for a computer that has other things to do
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          globalSetup: LEFTOVERS,
          include: ['test/e2e/**/*.test.ts'],
          exclude: REHEARSALS,
          testTimeout: 600_000,
          hookTimeout: 900_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'rehearsals',
          globalSetup: LEFTOVERS,
          include: REHEARSALS,
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'matrix',
          globalSetup: LEFTOVERS,
          include: ['test/matrix/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'virtualbox',
          globalSetup: LEFTOVERS,
          include: ['test/virtualbox/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 2_700_000, // a whole system is made first
        },
      },
      {
        extends: true,
        test: {
          name: 'vm',
          globalSetup: LEFTOVERS,
          include: ['test/vm/*.test.ts'],
          testTimeout: 7_200_000, // an emulated processor is slow
          hookTimeout: 1_800_000,
        },
      },
    ],
  },
})
