import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import type { ProviderName } from '../catalog/names.ts'
import { type Os, ownBoxName } from '../catalog/os.ts'
import { CommandError, UserError } from '../errors.ts'
import type { Lab } from '../lab.ts'
import type { Note } from '../tasks/index.ts'
import type { Runner } from '../tools/runner.ts'
import { buildFolder, type StoredBox, storedBoxes } from '../tools/vagrant/boxes.ts'

/** What is to be made, and with what. */
export interface BoxOrder {
  readonly os: Os
  readonly provider: ProviderName
  /** Where packages come from, where the lab says so. */
  readonly ways: Pick<Lab, 'mirrors' | 'proxy'> | undefined
  /** Absolute path of build.sh. */
  readonly script: string
  /** Vagrant's, which gets the box. */
  readonly home: string
  readonly logFile: string
}

/**
 * Makes a box from the packages of a system, and gives it to Vagrant. A killed build leaves nothing that counts, and the
 * next one clears it away.
 * @returns the box; the newest one that is here, where a new one would be the same
 * @throws UserError when the box of that name is somebody else's
 */
export async function makeBox(run: Runner, order: BoxOrder, note: Note): Promise<StoredBox> {
  const { os, provider, home, logFile } = order
  refuseStranger(order)
  const folder = buildFolder(home)
  mkdirSync(folder, { recursive: true })
  await build(run, order, note)
  const made = `${folder}/${os.name}-${provider}`
  try {
    const [, hash = ''] = /"version": "[\d.]+\.h(\w+)"/.exec(readFileSync(`${made}.json`, 'utf8')) ?? []
    const same = ownBoxes(order).find(({ builtFrom }) => builtFrom === hash)
    if (same) return same
    note('handing it to Vagrant')
    // In a lab's folder Vagrant would read the Vagrantfile first.
    const args = ['box', 'add', '--provider', provider, `${made}.json`]
    await run({ file: 'vagrant', args, cwd: folder, logFile, env: { VAGRANT_CHECKPOINT_DISABLE: '1' } })
  } finally {
    for (const kind of ['box', 'json']) rmSync(`${made}.${kind}`, { force: true })
  }
  const [newest] = ownBoxes(order)
  if (newest) return newest
  throw new CommandError('Vagrant did not keep the box', { command: 'vagrant box list', logFile })
}

async function build(run: Runner, order: BoxOrder, note: Note): Promise<void> {
  const { os, provider, ways, script, home, logFile } = order
  const said: string[] = []
  try {
    await run({
      file: 'sh',
      args: [script, os.name, os.release, provider, buildFolder(home)],
      logFile,
      env: waysOf(ways),
      onLine: (line) => {
        const [, news] = /^box: (.*)/.exec(line) ?? []
        if (news) note(news)
        const [, complaint] = /^box \S+: (.*)/.exec(line) ?? []
        if (complaint) said.push(complaint)
      },
    })
  } catch (error) {
    const [complaint] = said
    if (complaint === undefined || !(error instanceof CommandError)) throw error
    throw new CommandError(`The box ${ownBoxName(os)} was not made: ${complaint}`, {
      command: error.command,
      exitCode: error.exitCode,
      lastLines: error.lastLines,
      logFile,
      cause: error,
    })
  }
}

function waysOf(ways: BoxOrder['ways']): Readonly<Record<string, string>> {
  if (!ways) return {}
  const { mirrors, proxy } = ways
  return {
    ...(mirrors.packages ? { PACKAGE_MIRROR: mirrors.packages } : {}),
    ...(proxy.http ? { http_proxy: proxy.http } : {}),
    ...(proxy.https ? { https_proxy: proxy.https } : {}),
    ...(proxy.noProxy ? { no_proxy: proxy.noProxy } : {}),
  }
}

function ownBoxes({ os, provider, home }: BoxOrder): readonly StoredBox[] {
  return storedBoxes(home).filter((box) => box.name === ownBoxName(os) && box.provider === provider)
}

function refuseStranger(order: BoxOrder): void {
  const stranger = ownBoxes(order).find(({ builtFrom }) => builtFrom === undefined)
  if (!stranger) return
  throw new UserError(`There is a box ${stranger.name} that create-pg-lab did not make`, {
    hint: `if nobody needs it: vagrant box remove ${stranger.name} --provider ${stranger.provider} --all`,
  })
}
