import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { EXIT, UserError } from '../../errors.ts'
import { runTasks, type Task } from '../../tasks/index.ts'
import { isOutdated, type StoredBox, storedBoxes, vagrantHome } from '../../tools/vagrant/boxes.ts'
import type { Context } from '../shared/context.ts'

/**
 * `create-pg-lab box export <dir>`: the boxes that are here as files that any web server, or a shared folder, can hand
 * on; plain Vagrant adds them.
 */
export async function exportBoxes(
  context: Context,
  { url }: { readonly url?: string },
  word: string | undefined,
): Promise<number> {
  if (word === undefined) {
    throw new UserError('Name the folder that the boxes are to be in', {
      hint: 'e.g. npx create-pg-lab box export boxes --url http://10.0.0.5:8000',
    })
  }
  if (url !== undefined && !/^https?:\/\/\S+$/.test(url)) {
    throw new UserError(`--url ${url} is no address`, { hint: 'it begins with http:// or https://' })
  }
  const folder = resolve(context.directory, word)
  const home = vagrantHome(context.env)
  const newest = storedBoxes(home).filter((one, _at, all) => !isOutdated(one, all))
  if (newest.length === 0) {
    throw new UserError('Vagrant has no box here', { hint: 'make one: npx create-pg-lab box build' })
  }
  // Vagrant takes a relative address in a catalogue for one in the folder it is started in.
  const root = url?.replace(/\/+$/, '') ?? `file://${folder}`
  const names = [...new Set(newest.map(({ name }) => name))]
  const tasks = names.map((name): Task => {
    const boxes = newest.filter((one) => one.name === name)
    const run = async () => {
      await exportOne(context, boxes, {
        folder: join(folder, folderOf(name)),
        root: `${root}/${folderOf(name)}`,
      })
      return boxes.map(({ provider }) => provider).join(', ')
    }
    return { title: `Export ${name}`, run }
  })
  await runTasks(tasks, { plain: true, out: context.stdout })
  context.print('\nOn each computer that is to have it, without Node:')
  for (const { name, provider } of newest) {
    context.print(`  vagrant box add --provider ${provider} ${root}/${folderOf(name)}/metadata.json`)
  }
  return EXIT.ok
}

/** `pg-lab/debian-13` → `debian-13`, `bento/debian-13` → `bento-debian-13`. */
function folderOf(name: string): string {
  return name.startsWith('pg-lab/') ? basename(name) : name.replaceAll('/', '-')
}

async function exportOne(
  context: Context,
  boxes: readonly StoredBox[],
  { folder, root }: { readonly folder: string; readonly root: string },
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const versions: object[] = []
  for (const one of boxes) {
    const { name, provider, version, architecture } = one
    const packed = join(folder, 'package.box') // Vagrant's own name
    const args = ['box', 'repackage', name, provider, version]
    try {
      // It packs into the folder it is started in, and would read a Vagrantfile there first.
      await context.run({
        file: 'vagrant',
        args,
        cwd: folder,
        env: { VAGRANT_CWD: vagrantHome(context.env) },
      })
      renameSync(packed, join(folder, `${provider}.box`))
    } finally {
      rmSync(packed, { force: true })
    }
    const checksum = await sha256(join(folder, `${provider}.box`))
    const entry = { name: provider, url: `${root}/${provider}.box`, checksum_type: 'sha256', checksum }
    const known = architecture === undefined ? {} : { architecture, default_architecture: true }
    versions.push({ version, providers: [{ ...entry, ...known }] })
  }
  const catalogue = join(folder, 'metadata.json')
  writeFileSync(`${catalogue}.new`, `${JSON.stringify({ name: boxes[0]?.name, versions }, null, 2)}\n`)
  renameSync(`${catalogue}.new`, catalogue)
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(file)) hash.update(piece)
  return hash.digest('hex')
}
