import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { LASTING_RUN, NUMBERS_A_RUN, readRecording } from '../../src/drills/rehearsal/recording.ts'
import { endLastingWriter, startLastingWriter } from '../../src/drills/rehearsal/writer.ts'
import { createRunner } from '../../src/tools/process/run.ts'
import { createGuest } from '../../src/tools/ssh/ssh-guest.ts'
import { testLab } from '../support/lab.ts'
import { folderWith, scriptedTools } from '../tools/helpers.ts'

/** What sshd does, on this computer. */
const SSH = '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec sh -c "$*"\n'
/** Acknowledges each number it is sent. */
const PSQL = `#!/bin/sh
while read -r line; do
  case $line in
    *warn\\ in*) echo "in \${line##* }" >&2 ;;
    *warn\\ ack*) set -- $line; echo "ack $3 10.0.0.1" >&2; sleep 0.05 ;;
  esac
done
`

test('goes on when we are gone, is collected with its times, and leaves nothing', {
  timeout: 120_000,
}, async () => {
  const lab = testLab()
  const env = scriptedTools({ ssh: SSH, psql: PSQL })
  const directory = folderWith()
  mkdirSync(join(directory, '.pg-lab/secrets'), { recursive: true })
  writeFileSync(join(directory, '.pg-lab/secrets', lab.database.owner), 'secret\n')
  const run = createRunner()
  const guest = createGuest({
    directory,
    psql: 'psql',
    run: (command) => run({ ...command, env: { ...command.env, ...env } }),
  })
  const host = lab.master

  await startLastingWriter({ lab, guest, directory, host }, NUMBERS_A_RUN)
  const begunMs = Date.now()
  await delay(3_000)
  const lines = await endLastingWriter(guest, host)
  const { commits, wasStopped, untilMs } = readRecording(lines)
  expect(wasStopped).toBe(true)
  expect(commits.length).toBeGreaterThan(3)
  expect(commits[0]?.number).toBe((LASTING_RUN + 1) * NUMBERS_A_RUN + 1)
  expect(untilMs - begunMs).toBeGreaterThan(2_500)
  await guest.shell(host, ['sh', '-c', 'rm -f /tmp/pg-lab-drill.lasting'])
  expect(existsSync('/tmp/pg-lab-drill.lasting')).toBe(false)
  expect(await endLastingWriter(guest, host)).toEqual([])
})
