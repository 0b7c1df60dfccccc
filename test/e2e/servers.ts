import { type ChildProcess, spawn as start } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OPERATING_SYSTEMS } from '../../src/catalog/os.ts'
import { NODE_IMAGE_SETTINGS } from '../../src/generate/render/node-image.ts'
import { imagesOf } from '../../src/operations/prune.ts'
import { type Result, spawn, TestLab } from './support.ts'

/** Runs a program that must succeed, and shows what it said when it does not. */
export function must(file: string, ...args: string[]): Result {
  const result = spawn(file, args)
  if (result.status !== 0) throw new Error(`${file} ${args.join(' ')}\n${result.stdout}${result.stderr}`)
  return result
}

/** Lets the servers fetch what is in a folder by http. The caller ends it. */
export function serve(folder: string, address: string, port: number): ChildProcess {
  const words = ['-m', 'http.server', '--bind', address, '--directory', folder, String(port)]
  return start('python3', words, { stdio: 'ignore' })
}

/** The image the docker provider uses, without the packages: as a host is that has seen no lab yet. */
export function nodeImage(): string {
  const other = TestLab.create('image', "export default { provider: 'docker', os: 'debian-12' }\n")
  other.must('generate')
  makeBare(other)
  const built = spawn('sh', ['provisioning/support/node-image/build.sh'], { cwd: other.directory })
  if (built.status !== 0) throw new Error(built.stderr)
  const [image] = imagesOf(other.directory, { os: OPERATING_SYSTEMS['debian-12'] })
  other.remove()
  if (image === undefined) throw new Error('generate wrote nothing to make an image from')
  return image
}

/** Takes the packages out of what the images of a lab are built from, and with them Barman's image. */
export function makeBare({ directory }: TestLab): void {
  const file = join(directory, NODE_IMAGE_SETTINGS)
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/^PACKAGES=.*$/m, "PACKAGES=''"))
}

/** What systemd needs in a container, as the Vagrantfile of a lab has it. */
function systemdOptions(): readonly string[] {
  const ruby = readFileSync('provisioning/support/node-image/vagrant.rb', 'utf8')
  const [, list = ''] = /SYSTEMD = \[(.*?)\]/s.exec(ruby) ?? []
  return [...list.matchAll(/"(.*?)"/g)].map(([, option = '']) => option)
}

/** Its boot empties /tmp, also while apt has its keys in there. */
const UNTIL_BOOTED =
  'until systemctl is-system-running 2>/dev/null | grep -qE "running|degraded"; do sleep 0.2; done'

/** Servers that Vagrant never made: plain containers on a network of their own, with host names of their own. */
export class PlainServers {
  readonly #name: string
  readonly #addresses: Readonly<Record<string, string>>

  /**
   * @param name of the network; the containers' names begin with it
   * @param addresses by host name
   */
  constructor(name: string, addresses: Readonly<Record<string, string>>) {
    this.#name = name
    this.#addresses = addresses
  }

  /** The name of a server's container. */
  container(server: string): string {
    return `${this.#name}-${server}`
  }

  /**
   * Also takes away what a run that was killed has left. They have booted when it returns.
   * @param gateway of the network; this computer's address in it
   */
  start(image: string, subnet: string, gateway: string, options: readonly string[] = []): void {
    this.remove()
    must('docker', 'network', 'create', '--subnet', subnet, '--gateway', gateway, this.#name)
    for (const [server, address] of Object.entries(this.#addresses)) {
      const place = ['--name', this.container(server), '--hostname', server]
      const network = ['--network', this.#name, '--ip', address]
      must(
        'docker',
        'run',
        '--detach',
        ...place,
        ...network,
        ...systemdOptions(),
        '--shm-size=256m',
        ...options,
        image,
      )
    }
    for (const server of Object.keys(this.#addresses)) {
      must('docker', 'exec', this.container(server), 'timeout', '60', 'sh', '-c', UNTIL_BOOTED)
    }
  }

  /**
   * A login `admin` with a key of its own, `keys/id` in the lab's folder. The host keys come from the servers' own
   * consoles, as they should, into `keys/known_hosts`.
   */
  letIn(lab: TestLab): void {
    const keys = join(lab.directory, 'keys')
    mkdirSync(keys)
    must('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(keys, 'id'))
    const script = `useradd -m -s /bin/bash admin && install -d -m 700 -o admin -g admin ~admin/.ssh &&
      echo "$1" >~admin/.ssh/authorized_keys && chown admin: ~admin/.ssh/authorized_keys &&
      echo 'admin ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/admin &&
      timeout 60 sh -c 'until [ -s /etc/ssh/ssh_host_ecdsa_key.pub ]; do sleep 0.2; done' &&
      cat /etc/ssh/ssh_host_ecdsa_key.pub`
    const key = spawn('cat', [join(keys, 'id.pub')]).stdout.trim()
    const known = Object.entries(this.#addresses).map(
      ([server, address]) =>
        `${address} ${must('docker', 'exec', this.container(server), 'sh', '-c', script, 'sh', key).stdout.trim()}\n`,
    )
    writeFileSync(join(keys, 'known_hosts'), known.join(''))
  }

  /** Removes the servers and their network. */
  remove(): void {
    for (const server of Object.keys(this.#addresses))
      spawn('docker', ['rm', '--force', this.container(server)])
    spawn('docker', ['network', 'rm', this.#name])
  }
}
