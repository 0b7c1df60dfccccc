import { describe, expect, it } from 'vitest'
import { nodesOf } from '../../src/lab.ts'
import type { HostState } from '../../src/observe/host-state.ts'
import { type BeforeApplying, decideToApply, nameOfApplied } from '../../src/plan/nothing-to-apply.ts'
import type { PlanSurvey } from '../../src/plan/survey.ts'
import { testLab } from '../support/lab.ts'
import { NO_FILES, surveyOf, type Twist } from './scene.ts'

const lab = testLab()
const applied = { sources: 'f00d', secrets: 'cafe' }
const atMs = 1_796_059_003_000
const lines = ['host\tname\tx', 'stat\t/etc/x\tf 644', 'end\t\t']
const mark = { applied: nameOfApplied(applied), atMs, state: lines }

/** A lab that is as its last run left it, 12 s ago, but for what a test says. */
async function decide({
  twist = {},
  backup,
  ...but
}: Partial<BeforeApplying> & { readonly twist?: Twist; readonly backup?: HostState | 'silent' } = {}) {
  const hosts = new Map<string, HostState>(nodesOf(lab).map(({ name }) => [name, { lines, mark }]))
  if (backup === 'silent') hosts.delete('backup')
  else if (backup) hosts.set('backup', backup)
  const seen: PlanSurvey = { ...(await surveyOf(lab, lab, twist)), hosts }
  return decideToApply(lab, { seen, files: NO_FILES, applied, nowMs: atMs + 12_000, ...but })
}

describe('nothing is applied', () => {
  it('where every host is as its mark says', async () => {
    expect(await decide()).toEqual({ agoMs: 12_000 })
  })

  it('and for a file that Ansible does not read', async () => {
    expect(await decide({ files: { ...NO_FILES, written: ['.ansible-lint'] } })).toEqual({ agoMs: 12_000 })
  })
})

describe('the playbook runs', () => {
  const changed = ['host\tname\tx', 'stat\t/etc/x\tf 666', 'stat\t/etc/y\tf', 'end\t\t']
  const left = 'is not as the last run left it'

  it.each<[string, Parameters<typeof decide>[0], string]>([
    ['for a host that does not answer', { backup: 'silent' }, 'backup does not answer'],
    [
      'for one that cannot say',
      { backup: { doubt: 'its answer is not whole' } },
      'backup: its answer is not whole',
    ],
    [
      'for one without a mark',
      { backup: { lines, mark: undefined } },
      'no run that ended well has left its mark on backup',
    ],
    [
      'for one with another state',
      { backup: { lines: changed, mark } },
      `backup: /etc/x ${left}, and 2 more`,
    ],
    [
      'for one that was marked for other files',
      { backup: { lines, mark: { ...mark, applied: 'beef cafe' } } },
      'files in provisioning, or how Vagrant calls it, have changed',
    ],
    [
      'for other passwords',
      { applied: { ...applied, secrets: 'new' } },
      'passwords or keys have changed on this computer',
    ],
    ['for files that cannot be read', { applied: undefined }, 'its files cannot be read'],
    [
      'for a file that is written now',
      { files: { ...NO_FILES, written: ['provisioning/site.yml'] } },
      'provisioning/site.yml changes',
    ],
    [
      'for one that is merged',
      { files: { ...NO_FILES, merged: ['provisioning/roles/backup/tasks/main.yml'] } },
      'provisioning/roles/backup/tasks/main.yml changes',
    ],
    ['for one that goes', { files: { ...NO_FILES, removed: ['ansible.cfg'] } }, 'ansible.cfg changes'],
    ['when a clock was set back', { nowMs: atMs - 1 }, 'the mark on master is of a time to come'],
    ['after more than a week', { nowMs: atMs + 8 * 86_400_000 }, 'the last run was more than a week ago'],
    ['for a machine that is stopped', { twist: { silent: ['slave'] } }, 'slave: it does not answer'],
    [
      'for a server that is down',
      { twist: { server: (server, { name }) => (name === 'slave' ? undefined : server) } },
      'slave: PostgreSQL does not answer: it is started, or set up if it is not there',
    ],
    [
      'for a network that is down',
      { twist: { cut: ['slave'] } },
      'slave: its network is down: 192.168.11.151 is brought up, and nothing is deleted',
    ],
  ])('%s', async (_what, but, why) => {
    expect(await decide(but)).toEqual({ why })
  })

  it('when servers are taken over', async () => {
    const seen = { ...(await surveyOf(lab, lab)), takesOver: true }
    expect(await decide({ seen })).toEqual({ why: 'the lab takes servers over' })
  })
})
