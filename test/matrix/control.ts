import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { must } from '../e2e/servers.ts'
import { type Result, type SpawnOptions, spawn } from '../e2e/support.ts'
import type { Control } from './axes.ts'

/** Label of the containers that are control hosts: whose they are, so that a killed run's can be taken away. */
export const CONTROL_LABEL = 'pg-lab.control'

/** Names a folder in which the other Docker engine is kept for the next run. */
const ENGINE_FOLDER = 'PG_LAB_ENGINE_FOLDER'

const ENGINE = resolve('test/matrix/newer-engine.sh')

/** Words that run a program with these variables besides those that are there. */
function inEnvironment({ env = {} }: SpawnOptions): readonly string[] {
  return ['env', ...Object.entries(env).map(([name, value]) => `${name}=${value}`)]
}

/** Where the commands of one cell of the matrix run. */
export class ControlHost {
  /** What stands before every command. */
  readonly #prefix: (options: SpawnOptions) => readonly string[]
  /** Takes the computer away, if it was made. */
  readonly stop: () => void

  private constructor(prefix: (options: SpawnOptions) => readonly string[], stop: () => void) {
    this.#prefix = prefix
    this.stop = stop
  }

  /**
   * This computer; a container with its network, its Docker socket and the lab's folder at the same path; or this
   * computer with another Docker engine.
   * @param folder the lab's, or one above it
   * @param images of the lab's machines, which another engine is given
   */
  static start({ debian, docker }: Control, folder: string, images: readonly string[]): ControlHost {
    if (docker !== undefined) return ControlHost.#withEngine(images)
    if (debian === undefined) return new ControlHost(inEnvironment, () => {})
    return ControlHost.#inContainer(debian, folder)
  }

  static #inContainer(debian: string, folder: string): ControlHost {
    const image = must('sh', resolve('test/matrix/control-host.sh'), debian).stdout.trim()
    const places = [folder, '/var/run/docker.sock'].map((place) => `--volume=${place}:${place}`)
    const id = must(
      'docker',
      ...['run', '--detach', '--init', '--network=host', ...places],
      `--volume=${resolve('.')}:${resolve('.')}:ro`,
      ...[`--label=${CONTROL_LABEL}=${folder}`, '--env=LC_ALL=C.UTF-8', image],
      ...['sleep', 'infinity'],
    ).stdout.trim()
    const prefix = ({ cwd = '/', env = {} }: SpawnOptions) => {
      const words = Object.entries(env).map(([name, value]) => `--env=${name}=${value}`)
      return ['docker', 'exec', '--interactive', '--workdir', cwd, ...words, id]
    }
    return new ControlHost(prefix, () => spawn('docker', ['rm', '--force', id]))
  }

  static #withEngine(images: readonly string[]): ControlHost {
    const folder = process.env[ENGINE_FOLDER] ?? mkdtempSync(join(tmpdir(), 'pg-lab-engine-'))
    must('sh', ENGINE, 'start', folder)
    const prefix = (options: SpawnOptions) => ['sh', ENGINE, 'run', folder, ...inEnvironment(options)]
    const host = new ControlHost(prefix, () => {
      must('sh', ENGINE, 'stop', folder)
      if (process.env[ENGINE_FOLDER] === undefined) rmSync(folder, { recursive: true })
    })
    const archive = join(folder, 'image.tar')
    must('docker', 'save', `--output=${archive}`, ...images)
    host.spawn('docker', ['load', `--input=${archive}`])
    rmSync(archive)
    return host
  }

  /** Runs a program there, as {@link spawn} does here. */
  readonly spawn = (file: string, args: readonly string[], options: SpawnOptions = {}): Result => {
    const [first = file, ...words] = [...this.#prefix(options), file, ...args]
    const { env: _, ...rest } = options // the prefix has it
    return spawn(first, words, rest)
  }
}
