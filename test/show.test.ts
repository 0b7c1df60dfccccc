import { describe, expect, test } from 'vitest'
import { CommandError, Interrupted, UserError } from '../src/errors.ts'
import type { Finding } from '../src/finding.ts'
import { exitCodeOf, painter, showChecks, showError } from '../src/show.ts'

const plain = painter({ isTTY: false }, {})

const page = (error: unknown) =>
  showError(error, {
    paint: plain,
    again: 'npx create-pg-lab up',
    versions: 'pg-lab 0.1.0',
    reportTo: 'the tracker',
  })

describe('errors', () => {
  test('what the user gave', () => {
    const error = new UserError('cluster.config.ts has 2 problems', {
      problems: [
        {
          path: 'network.subnt',
          message: 'is not a setting',
          hint: 'did you mean network.subnet?',
          at: 'cluster.config.ts:4:3',
          frame: 'not shown: there are two',
        },
        { path: 'slaves[0].address', message: 'lies outside 192.168.11.0/24' },
      ],
    })
    expect(exitCodeOf(error)).toBe(2)
    expect(page(error)).toMatchInlineSnapshot(`
      "✖ cluster.config.ts has 2 problems

        network.subnt is not a setting → did you mean network.subnet? (cluster.config.ts:4:3)
        slaves[0].address lies outside 192.168.11.0/24
      "
    `)
  })

  test('a single problem has its place shown', () => {
    const frame = "  3 | export default {\n> 4 |   nmae: 'x',\n    |   ^"
    const problem = { path: 'nmae', message: 'is not a setting', at: 'cluster.config.ts:4:3', frame }
    const error = new UserError('cluster.config.ts has one problem', { problems: [problem] })
    expect(page(error)).toMatchInlineSnapshot(`
      "✖ cluster.config.ts has one problem

        nmae is not a setting (cluster.config.ts:4:3)

          3 | export default {
        > 4 |   nmae: 'x',
            |   ^
      "
    `)
  })

  test('a hint of several lines', () => {
    const error = new UserError('One place was changed twice.', { hint: 'Choose one:\n  this\n  that' })
    expect(page(error)).toMatchInlineSnapshot(`
      "✖ One place was changed twice.

        → Choose one:
            this
            that
      "
    `)
  })

  test('a tool that failed', () => {
    const error = new CommandError('slave: Clone the master: connection refused', {
      command: 'ansible-playbook provisioning/site.yml',
      exitCode: 2,
      lastLines: ['FAILED! => rc: 1', '\u001b[31mred\u001b[0m and \u001b]0;a title\u0007 and \u009b2J'],
      logFile: '/lab/.pg-lab/logs/ansible.log',
      hint: 'The master does not answer.',
    })
    expect(exitCodeOf(error)).toBe(3)
    expect(page(error)).toMatchInlineSnapshot(`
      "✖ slave: Clone the master: connection refused

        → The master does not answer.

        │ FAILED! => rc: 1
        │ red and ;a title and 

        Command  ansible-playbook provisioning/site.yml
        Log      /lab/.pg-lab/logs/ansible.log
        Go on    npx create-pg-lab up
      "
    `)
  })

  test('a tool that said nothing', () => {
    expect(
      page(new CommandError('vagrant is not installed, or not on PATH', { command: 'vagrant up' })),
    ).toMatchInlineSnapshot(`
      "✖ vagrant is not installed, or not on PATH

        Command  vagrant up
        Go on    npx create-pg-lab up
      "
    `)
  })

  test('Ctrl-C', () => {
    const error = new Interrupted('SIGINT', ['Left     the machine master'])
    expect(exitCodeOf(error)).toBe(130)
    expect(page(error)).toMatchInlineSnapshot(`
      "■ Stopped by Ctrl-C

        Left     the machine master
        Go on    npx create-pg-lab up
      "
    `)
    expect(page(new Interrupted('SIGTERM'))).toContain('Stopped by SIGTERM')
  })

  test('what goes on otherwise than by the same command', () => {
    const goOn = 'npx create-pg-lab drill repair'
    for (const error of [
      new CommandError('barman failed', { command: 'barman', goOn }),
      new Interrupted('SIGINT', [], goOn),
    ]) {
      expect(page(error)).toContain(`Go on    ${goOn}\n`)
    }
  })

  test('a bug', () => {
    const error = new TypeError('x is not a function')
    error.stack = 'TypeError: x is not a function\n    at up (up.ts:3:1)'
    expect(exitCodeOf(error)).toBe(70)
    expect(page(error)).toMatchInlineSnapshot(`
      "✖ This is a bug in create-pg-lab, not your mistake

        TypeError: x is not a function
            at up (up.ts:3:1)

        pg-lab 0.1.0
        Please report it with these lines: the tracker
      "
    `)
    expect(exitCodeOf('thrown text')).toBe(70)
    expect(page('thrown text')).toContain('thrown text')
  })
})

describe('findings', () => {
  const good: Finding = {
    check: 'slots',
    node: 'master',
    what: 'slot barman is active',
    expected: 'active',
    observed: 'active',
    ok: true,
  }
  const bad: Finding = {
    ...good,
    node: 'master',
    what: 'slot slave_slot is active',
    observed: 'inactive\n\u001b[2Jsince 09:00',
    ok: false,
    hint: 'the slave does not use it: set primary_slot_name',
  }

  const slots = { id: 'slots', title: 'Replication slots' }
  const silent = { ...bad, what: 'master answers', observed: 'Connection refused', unasked: 'master' }

  test('a check that passed is one line', () => {
    expect(showChecks([{ ...slots, findings: [good] }], plain)).toMatchInlineSnapshot(`
      "✔ slots  Replication slots (1)

      1 check passed
      "
    `)
  })

  test('one that failed says what was expected and seen', () => {
    const lag = { id: 'lag', title: 'No slave lags', findings: [good, good] }
    expect(showChecks([{ ...slots, findings: [good, bad] }, lag], plain)).toMatchInlineSnapshot(`
      "✖ slots  Replication slots (1 of 2 failed)
          master  slot slave_slot is active
            expected  active
            observed  inactive · since 09:00
            → the slave does not use it: set primary_slot_name
      ✔ lag    No slave lags (2)

      1 of 4 checks failed
      "
    `)
  })

  test('what one cause broke is told once, and counted', () => {
    const missing = { ...silent, what: 'one primary to ask', unasked: 'primary' }
    const checks = [
      { id: 'primary', title: 'One primary', findings: [bad, silent] },
      { id: 'version', title: 'The version', findings: [{ ...good }, silent] },
      { ...slots, findings: [silent, bad] },
      { id: 'rows', title: 'A row', findings: [missing] },
    ]
    expect(showChecks(checks, plain)).toMatchInlineSnapshot(`
      "✖ primary  One primary (2 of 2 failed)
          master  slot slave_slot is active
            expected  active
            observed  inactive · since 09:00
            → the slave does not use it: set primary_slot_name
          master  master answers
            expected  active
            observed  Connection refused
            → the slave does not use it: set primary_slot_name
      ✖ slots    Replication slots (2 of 2 failed)
          master  master answers: as above
          master  slot slave_slot is active
            expected  active
            observed  inactive · since 09:00
            → the slave does not use it: set primary_slot_name
      ✖ Could not be asked, for the same reason: version, rows

      6 of 7 checks failed, 4 of them could not be asked
      "
    `)
  })

  test('nothing that was asked is no success', () => {
    expect(showChecks([], plain)).toMatchInlineSnapshot(`
      "
      Nothing was asked, so nothing is known
      "
    `)
  })
})

test('colours are for terminals that want them', () => {
  expect(painter({ isTTY: true }, {})('red', 'x')).toBe('\u001b[31mx\u001b[39m')
  expect(painter({ isTTY: true }, { NO_COLOR: '1' })('red', 'x')).toBe('x')
  expect(painter({ isTTY: true }, { TERM: 'dumb' })('red', 'x')).toBe('x')
  expect(painter({}, {})('red', 'x')).toBe('x')
})
