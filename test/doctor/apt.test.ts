import { expect, test } from 'vitest'
import { examine } from '../../src/doctor/index.ts'
import { computer } from './computer.ts'

const KNOWN = `coreutils:
  Installed: 9.1-1
  Candidate: 9.1-1
  Version table:
 *** 9.1-1 500
        500 http://deb.debian.org/debian bookworm/main amd64 Packages
        100 /var/lib/dpkg/status
`
const LISTLESS = KNOWN.replace(/^ +500 .*\n/m, '')
const NO_CANDIDATE = `virtualbox:
  Installed: (none)
  Candidate: (none)
  Version table:
`
const ASKED = 'apt-cache policy coreutils vagrant ansible openssh-client virtualbox'

async function virtualbox(said: string) {
  const { host } = computer({ [ASKED]: said })
  const diagnoses = await examine(host, { provider: 'virtualbox', lab: undefined })
  return diagnoses.find(({ rule }) => rule.id === 'vboxmanage')?.sighting
}

test('a package that apt does not have is not proposed, but the page of who makes it', async () => {
  const sighting = await virtualbox(`${KNOWN}${NO_CANDIDATE}`)
  expect(sighting).toMatchObject({
    ok: false,
    remedy: 'install it from https://www.virtualbox.org/wiki/Downloads: apt has no package of it here',
  })
  expect(sighting).not.toHaveProperty('fix')
})

test('a package that apt has is proposed', async () => {
  const said = `${KNOWN}${NO_CANDIDATE.replace('Candidate: (none)', 'Candidate: 7.0')}`
  expect(await virtualbox(said)).toMatchObject({ remedy: expect.stringContaining('apt-get install') })
})

test('an apt without lists says nothing of what there is', async () => {
  const said = `${LISTLESS}${NO_CANDIDATE}`
  expect(await virtualbox(said)).toMatchObject({ remedy: expect.stringContaining('virtualbox') })
  expect(await virtualbox(said)).toHaveProperty('fix')
})
