/**
 * `npm run bench`: the playbook against a shell script that does the same job, each on three fresh hosts, with the
 * packages already on their disks, in one run. Prints seconds and ratios.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createRunner } from '../src/tools/process/run.ts'
import { writeSshConfig } from '../src/tools/ssh/ssh-config.ts'
import { createVagrant } from '../src/tools/vagrant/vagrant.ts'
import { seconds } from './lab.ts'

const CLI = resolve('dist/pg-lab.js')
const RAW_SCRIPT = resolve('bench/raw.sh')
const PACKAGES = ['acl', 'postgresql-15', 'barman', 'cron']
const HOSTS = ['master', 'slave', 'backup']

function must(file: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}\n${stdout}\n${stderr}`)
  return stdout
}

/** Three fresh hosts that have downloaded, but not installed, every package. */
async function freshHosts(name: string, network: string): Promise<string> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), `pg-lab-bench-`))
  const config = { name, provider: 'docker', os: 'debian-12', network: { subnet: `${network}.0/24` } }
  writeFileSync(join(directory, 'cluster.config.json'), JSON.stringify(config))
  must('node', [CLI, 'generate'], directory)
  must('vagrant', ['up', '--no-provision', '--provider=docker'], directory)
  const vagrant = createVagrant({
    directory,
    run: createRunner(),
    logFile: join(directory, '.pg-lab', 'vagrant.log'),
  })
  writeSshConfig(directory, await vagrant.sshConfig(), [])
  for (const host of HOSTS) {
    const fetch = `sudo apt-get -qq update && sudo apt-get -qq install -y --no-install-recommends --download-only ${PACKAGES.join(' ')}`
    must('ssh', ['-F', '.pg-lab/ssh_config', host, fetch], directory)
  }
  return directory
}

function destroy(directory: string): void {
  must('vagrant', ['destroy', '-f'], directory)
  rmSync(directory, { recursive: true })
}

const rawHosts = await freshHosts('bench-raw', '10.97.50')
const addresses = ['10.97.50.150', '10.97.50.151', '10.97.50.152']
const raw = seconds(() => must('sh', [RAW_SCRIPT, '.pg-lab/ssh_config', ...addresses], rawHosts))
destroy(rawHosts)

const playbookHosts = await freshHosts('bench-playbook', '10.97.51')
const playbook = () => must('ansible-playbook', ['provisioning/site.yml'], playbookHosts)
const cold = seconds(playbook)
let recap = ''
const second = seconds(() => {
  recap = playbook()
})
destroy(playbookHosts)
const changed = [...recap.matchAll(/changed=(\d+)/g)].reduce((sum, match) => sum + Number(match[1]), 0)

console.log('                         seconds   of the shell script')
const row = (title: string, time: number) =>
  console.log(`${title.padEnd(22)}${time.toFixed(1).padStart(10)}${(time / raw).toFixed(2).padStart(14)}`)
row('shell script', raw)
row('playbook, cold', cold)
row('playbook, second run', second)
console.log(`The second run changed ${changed} things.`)
