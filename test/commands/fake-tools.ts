import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError } from '../../src/errors.ts'
import type { Command, Output, Runner } from '../../src/tools/runner.ts'
import { BASICS, DOCKER } from '../doctor/computer.ts'

const NODES = ['master', 'slave', 'backup']

/** The events of a playbook of two tasks on every host. */
function playEvents(changed: number): readonly string[] {
  const tasks = NODES.map((host) => ({ event: 'task', host, task: 'Install packages', index: 1, total: 2 }))
  const counts = { ok: 2, changed, unreachable: 0, failed: 0, skipped: 0 }
  const hosts = Object.fromEntries(NODES.map((host) => [host, counts]))
  return [{ event: 'start', total: 2 }, ...tasks, { event: 'stats', hosts }].map((event) =>
    JSON.stringify(event),
  )
}

/** Tools of a computer with Docker, up to machines that run but have no PostgreSQL. */
export function fakeTools(
  behaviour: { readonly playbookFails?: boolean; readonly changed?: number; readonly isUp?: boolean } = {},
): { run: Runner; lines: () => readonly string[] } {
  const commands: Command[] = []
  let isUp = behaviour.isUp ?? false
  const answers: Record<string, string | { stderr: string }> = { ...BASICS, ...DOCKER }

  const act = (command: Command): string => {
    const { file, args, cwd = '' } = command
    const [verb] = args
    if (file === 'vagrant' && verb === 'up') {
      isUp = true
      for (const name of NODES) {
        mkdirSync(join(cwd, `.vagrant/machines/${name}/docker`), { recursive: true })
        writeFileSync(join(cwd, `.vagrant/machines/${name}/docker/id`), 'c0ffee')
      }
    }
    if (file === 'vagrant' && verb === 'ssh-config') return NODES.map((name) => `Host ${name}\n`).join('')
    if (file === 'docker' && verb === 'image') return 'sha256:c0ffee\n'
    if (file === 'ansible-playbook') {
      for (const event of playEvents(behaviour.changed ?? 0)) command.onLine?.(event, 'events')
      if (behaviour.playbookFails) {
        throw new CommandError('ansible-playbook failed with exit code 2', {
          command: 'ansible-playbook',
          exitCode: 2,
        })
      }
    }
    if (file === 'ssh' && /\bhostname$/.test(String(args.at(-1))) && isUp) return `${args.at(-3)}\n`
    if (file === 'ssh') throw new CommandError(`${args.at(-3)} cannot be reached`, { command: 'ssh' })
    return ''
  }

  const run: Runner = async (command) => {
    commands.push(command)
    const known = answers[[command.file, ...command.args].join(' ')]
    const output = typeof known === 'string' ? { stdout: known } : known
    const full: Output = { exitCode: 0, stdout: '', stderr: '', durationMs: 1, ...output }
    return known === undefined ? { ...full, stdout: act(command) } : full
  }
  return { run, lines: () => commands.map(({ file, args }) => [file, ...args].join(' ')) }
}
