import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { UserError } from '../errors.ts'
import type { ProjectFile } from '../generate/render/project-file.ts'
import { writeProject } from '../generate/write/write.ts'

/** What a fresh repository, or a look at the folder, leaves behind. */
const COUNTS_AS_EMPTY = ['.git', '.DS_Store']

const CONFIG_NAME = /^cluster\.config\.\w+$/

/**
 * Whether a lab may be made there.
 * @param force also where other files are, which stay as they are
 * @throws UserError when there is a lab already, or something else that was not to be touched
 */
export function verifyFolder(directory: string, { force }: { readonly force: boolean }): void {
  verifyNotInside(directory)
  if (!existsSync(directory)) return
  if (!statSync(directory).isDirectory()) {
    throw new UserError(`${directory} is a file, not a folder`, { hint: 'choose another name' })
  }
  const names = readdirSync(directory).filter((name) => !COUNTS_AS_EMPTY.includes(name))
  const config = names.find((name) => CONFIG_NAME.test(name))
  if (config) {
    throw new UserError(`There is a lab in ${directory} already: ${config}`, {
      hint: 'bring it up from there: npx create-pg-lab up',
    })
  }
  if (force || names.length === 0) return
  const shown = [...names.sort().slice(0, 3), ...(names.length > 3 ? ['…'] : [])].join(', ')
  throw new UserError(`${directory} is not empty: ${shown}`, {
    hint: 'choose another folder, or add the lab to it with --force; no file that is there is overwritten',
  })
}

/** The lab in a folder above, whose commands would be meant where this one's are typed. */
export function labAround(directory: string): string | undefined {
  const above = dirname(directory)
  if (above === directory) return undefined
  const isLab = existsSync(above) && readdirSync(above).some((name) => CONFIG_NAME.test(name))
  return isLab ? above : labAround(above)
}

function verifyNotInside(directory: string): void {
  const lab = labAround(directory)
  if (lab === undefined) return
  throw new UserError(`${directory} is inside the lab in ${lab}`, {
    hint: `make a lab beside it, e.g. in ${join(dirname(lab), basename(directory))}`,
  })
}

/** Lines of our .gitignore that theirs lacks are added: secrets must not get into git. */
function mergedIgnore(theirs: string, ours: string): string {
  const known = theirs.split(/\r?\n/)
  const missing = ours.split('\n').filter((line) => line && !known.includes(line))
  if (missing.length === 0) return theirs
  return `${theirs}${theirs === '' || theirs.endsWith('\n') ? '' : '\n'}${missing.join('\n')}\n`
}

/** @returns whether it was written; a file that is there is the user's, and stays */
function writeOnce(directory: string, { path, content }: ProjectFile): boolean {
  const file = join(directory, path)
  if (!existsSync(file)) {
    writeFileSync(file, content, { flag: 'wx' })
    return true
  }
  if (path === '.gitignore') writeFileSync(file, mergedIgnore(readFileSync(file, 'utf8'), content))
  return path === '.gitignore'
}

/** @throws UserError when files of the user's are in the way of generated ones; nothing is written then */
async function verifyNothingInTheWay(directory: string, files: readonly ProjectFile[]): Promise<void> {
  const { conflicts } = await writeProject(directory, files, { mode: 'check' })
  if (conflicts.length === 0) return
  const paths = conflicts.map(({ path }) => path).join(', ')
  throw new UserError(`Files of the lab would replace yours: ${paths}`, {
    hint: 'move them away, or choose another folder',
  })
}

/**
 * Writes a new lab into a folder, making it. The config comes last: without it the folder is no lab yet.
 * @param starter the user's own files  @param generated those made from the config
 * @returns the starter files that were there and stay as they were
 * @throws UserError when files are in the way
 */
export async function writeLab(
  directory: string,
  starter: readonly ProjectFile[],
  generated: readonly ProjectFile[],
): Promise<readonly string[]> {
  mkdirSync(directory, { recursive: true })
  await verifyNothingInTheWay(directory, generated)
  await writeProject(directory, generated, { mode: 'merge' })
  return starter.filter((file) => !writeOnce(directory, file)).map(({ path }) => path)
}
