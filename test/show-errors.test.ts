import { describe, expect, test } from 'vitest'
import { CommandError, Interrupted, UserError } from '../src/errors.ts'
import { painter } from '../src/paint.ts'
import { exitCodeOf, showError } from '../src/show-errors.ts'

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
