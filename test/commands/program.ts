import { Writable } from 'node:stream'
import { main } from '../../src/cli.ts'
import type { Runner } from '../../src/tools/runner.ts'
import { scriptedRunner } from '../doctor/computer.ts'
import { folderWith } from '../tools/helpers.ts'

/** Keeps what is written to it. */
function screen(): { stream: Writable; text: () => string } {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  return { stream, text: () => chunks.join('') }
}

/** One run of the program, without a terminal, in a folder of its own unless one is given. */
export async function program(
  argv: readonly string[],
  {
    cwd = folderWith(),
    run = scriptedRunner({}).run,
    env = {},
  }: { cwd?: string; run?: Runner; env?: NodeJS.ProcessEnv } = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const [out, err] = [screen(), screen()]
  const exitCode = await main(argv, {
    stdin: {},
    stdout: out.stream,
    stderr: err.stream,
    env,
    cwd,
    run,
  })
  return { exitCode, stdout: out.text(), stderr: err.text() }
}

/** A lab of docker machines that Vagrant has made. */
export function labFolder({
  machines = ['master', 'slave', 'backup'],
  reachable = true,
  config = 'provider: docker\nos: debian-12\n', // what the recorded answers are of
} = {}): string {
  return folderWith({
    'cluster.config.yaml': config,
    ...Object.fromEntries(machines.map((name) => [`.vagrant/machines/${name}/docker/id`, 'c0ffee'])),
    ...(reachable ? { '.pg-lab/ssh_config': 'Host master slave backup\n' } : {}),
  })
}
