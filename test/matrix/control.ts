import { resolve } from 'node:path'
import { must } from '../e2e/servers.ts'
import { type Result, type SpawnOptions, spawn } from '../e2e/support.ts'
import type { Control } from './axes.ts'

/** Label of the containers that are control hosts: whose they are, so that a killed run's can be taken away. */
export const CONTROL_LABEL = 'pg-lab.control'

/** Where the commands of one cell of the matrix run. */
export class ControlHost {
  readonly #container: string | undefined

  private constructor(container: string | undefined) {
    this.#container = container
  }

  /**
   * A container with the network and the Docker socket of this computer, and the lab's folder at the same path.
   * @param folder the lab's, or one above it
   */
  static start({ debian }: Control, folder: string): ControlHost {
    if (debian === undefined) return new ControlHost(undefined)
    const image = must('sh', resolve('test/matrix/control-host.sh'), debian).stdout.trim()
    const places = [folder, '/var/run/docker.sock'].map((place) => `--volume=${place}:${place}`)
    const { stdout } = must(
      'docker',
      ...[
        'run',
        '--detach',
        '--init',
        '--network=host',
        ...places,
        `--volume=${resolve('.')}:${resolve('.')}:ro`,
      ],
      ...[`--label=${CONTROL_LABEL}=${folder}`, '--env=LC_ALL=C.UTF-8', image],
      ...['sleep', 'infinity'],
    )
    return new ControlHost(stdout.trim())
  }

  /** Runs a program there, as {@link spawn} does here. */
  readonly spawn = (file: string, args: readonly string[], options: SpawnOptions = {}): Result => {
    if (this.#container === undefined) return spawn(file, args, options)
    const { cwd = '/', env = {}, ...rest } = options
    const words = Object.entries(env).map(([name, value]) => `--env=${name}=${value}`)
    return spawn(
      'docker',
      ['exec', '--interactive', '--workdir', cwd, ...words, this.#container, file, ...args],
      rest,
    )
  }

  /** Takes the container away. */
  stop(): void {
    if (this.#container !== undefined) spawn('docker', ['rm', '--force', this.#container])
  }
}
