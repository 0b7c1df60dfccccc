import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { type Problem, UserError } from '../errors.ts'
import { LAB_FILES } from '../lab-files.ts'
import { packageEntry } from '../package-root.ts'
import { closest } from './closest.ts'
import { codeFrame, type Position, positionAt } from './code-frame.ts'
import { partialConfig } from './partial.ts'
import { type Keys, keysOf } from './path.ts'
import { configError, problemsOf } from './problems.ts'
import { ALIASES, type ClusterConfig, type Config, parseConfig } from './schema.ts'
import { locateInSource } from './source-scan.ts'

/** The settings of a config are wrong, each by itself. */
export class ConfigError extends UserError {
  readonly file: string
  /** What of it is right: see `partialConfig`. */
  readonly rest: Config | undefined

  constructor(message: string, problems: readonly Problem[], file: string, rest: Config | undefined) {
    super(message, { problems })
    this.file = file
    this.rest = rest
  }
}

export interface LoadedConfig {
  readonly config: Config
  /** The file it came from. */
  readonly file: string
  /** The folder of that file: the lab's folder. */
  readonly directory: string
  /** Whether `os` stands in the file, or the default. */
  readonly namesOs: boolean
}

const MODULES = ['ts', 'mts', 'js', 'mjs', 'cjs']
const YAML = ['yaml', 'yml']
const PLACES = [...MODULES, 'json', ...YAML].map((extension) => `cluster.config.${extension}`)
const PACKAGE_KEY = 'pg-lab'

/** What a config module calls to have its editor help. */
const HELPER = 'defineCluster'

/** One problem in a file, as an error of its own. */
function fileError(
  file: string,
  text: string,
  message: string,
  position?: Position,
  cause?: unknown,
  hint?: string,
): UserError {
  const problem = {
    path: basename(file),
    message,
    ...(position ? placed(file, text, position) : {}),
    ...(hint === undefined ? {} : { hint }),
  }
  return new UserError(`${basename(file)} cannot be read`, { problems: [problem], cause })
}

function placed(file: string, text: string, position: Position): Pick<Problem, 'at' | 'frame'> {
  const frame = codeFrame(text, position)
  const at = `${basename(file)}:${position.line}:${position.column}`
  return frame ? { at, frame } : { at }
}

/** Where an error of a config module arose, as jiti's parser or a stack tells it. */
function positionInModule(error: Error, file: string): Position | undefined {
  const line = `${error.message}\n${error.stack}`.split('\n').find((row) => row.includes(`${file}:`))
  const [, row, column] = line?.slice(line.indexOf(file) + file.length).match(/^:(\d+):(\d+)/) ?? []
  if (!row) return undefined
  // The parser counts columns from 0, a stack from 1.
  return { line: Number(row), column: Number(column) + (error.message.startsWith('ParseError') ? 1 : 0) }
}

function moduleError(file: string, text: string, thrown: unknown): UserError {
  if (thrown instanceof UserError) return thrown
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const message = (error.message.split('\n')[0] ?? '').replace(/^ParseError: /, 'syntax error: ').trim()
  const [, unknown] = /(\w+)\)? is not (?:defined|a function)/.exec(message) ?? []
  const { message: words, hint } = unknown === undefined ? { message } : unknownWord(unknown, message)
  return fileError(file, text, words, positionInModule(error, file), thrown, hint)
}

/** What a config calls besides what it has made itself is ours. */
function unknownWord(word: string, message: string): { readonly message: string; readonly hint?: string } {
  if (word === HELPER) return { message, hint: `import { ${HELPER} } from 'create-pg-lab'` }
  if (closest(word, [HELPER]) === undefined) return { message }
  return { message: `there is no ${word}`, hint: `did you mean ${HELPER}?` }
}

/** Whether the first of these folders is there, and none of them is a link that may lead elsewhere. */
function isFolderOf(top: string, ...names: readonly string[]): boolean {
  const folders = names.map((_, depth) => join(top, ...names.slice(0, depth + 1)))
  const isFolder = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory()
  return isFolder(folders[0] ?? top) === true && folders.every((path) => isFolder(path) !== false)
}

async function loadModule(file: string, text: string): Promise<unknown> {
  const { createJiti } = await import('jiti')
  const lab = dirname(file)
  const cache = `${LAB_FILES.cache.path}/jiti`
  const jiti = createJiti(file, {
    alias: { 'create-pg-lab': packageEntry() },
    // Only inside a lab that exists: reading a config writes nothing into a foreign folder.
    fsCache: isFolderOf(lab, ...cache.split('/')) && join(lab, cache),
    moduleCache: false,
  })
  try {
    const module = await jiti.import<Record<string, unknown>>(file)
    const isExported = 'default' in module || /\bmodule\.exports\b/.test(text)
    if (!isExported) throw new Error('it has no default export: begin it with `export default`')
    const value = module.default
    return typeof value === 'function' ? await value() : value
  } catch (error) {
    throw moduleError(file, text, error)
  }
}

/** A lab of defaults alone is to be asked for: a file that lost its content is no such wish. */
function emptyFile(file: string, text: string): UserError {
  return fileError(file, text, 'it is empty; for a lab of defaults write {}')
}

async function loadYaml(file: string, text: string): Promise<unknown> {
  const { readYaml } = await import('../yaml.ts')
  const read = readYaml(text)
  if ('error' in read) {
    throw fileError(file, text, read.error.message, positionAt(text, read.offset), read.error)
  }
  if (read.value === undefined) throw emptyFile(file, text)
  return read.value
}

function loadJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const message = (error as Error).message
    const [, offset] = message.match(/position (\d+)/) ?? []
    throw fileError(file, text, message, offset ? positionAt(text, Number(offset)) : undefined, error)
  }
}

/**
 * The highest folder that is searched: a config is a program and runs as whoever calls us, so none is taken from a folder
 * that others may write to (/tmp), nor from above it. The folder we are called in is one's own choice.
 */
export function searchedUpTo(from: string): string {
  const above = dirname(from)
  if (above === from || isOpenToOthers(above)) return from
  return searchedUpTo(above)
}

/**
 * Others may put files there, or are its owner. One's own group counts as oneself, for many systems give each user a group
 * of his own and let it write. Where nobody is told apart (Windows) all folders are as good.
 */
function isOpenToOthers(folder: string): boolean {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (!process.getuid || !found) return false
  const forGroup = (found.mode & 0o020) !== 0 && found.gid !== process.getgid?.()
  return forGroup || (found.mode & 0o002) !== 0 || isForeign(found.uid)
}

function isForeign(owner: number): boolean {
  return owner !== 0 && owner !== process.getuid?.()
}

/** @throws UserError where the config that would be taken is another user's, in a folder that is open to him */
function verifyOwn(folder: string): void {
  if (!isOpenToOthers(folder)) return
  for (const name of PLACES) {
    const found = statSync(join(folder, name), { throwIfNoEntry: false })
    if (!found || !process.getuid || !isForeign(found.uid)) continue
    throw new UserError(`${join(folder, name)} belongs to another user, and a config is a program`, {
      hint: `copy it into a folder of your own, or, if you trust it: --config ${name}`,
    })
  }
}

/** @throws UserError where the folder has two configs: which one is meant is the user's to say */
function verifyAlone(folder: string): void {
  const names = PLACES.filter((name) => existsSync(join(folder, name)))
  if (namesLab(join(folder, 'package.json'))) names.push('package.json')
  const [first, ...others] = names
  if (first === undefined || others.length === 0) return
  throw new UserError(`${folder} has ${names.length} configs: ${names.join(' and ')}`, {
    hint: `remove all but one, or name the one that is meant: --config ${first}`,
  })
}

function namesLab(packageFile: string): boolean {
  if (!existsSync(packageFile)) return false
  try {
    return PACKAGE_KEY in JSON.parse(readFileSync(packageFile, 'utf8'))
  } catch {
    return false // not ours to judge
  }
}

async function explorer(from: string) {
  const { cosmiconfig } = await import('cosmiconfig')
  return cosmiconfig(PACKAGE_KEY, {
    searchPlaces: [...PLACES, 'package.json'],
    searchStrategy: 'global',
    ignoreEmptySearchPlaces: false,
    stopDir: searchedUpTo(from),
    cache: false,
    loaders: {
      ...Object.fromEntries(MODULES.map((extension) => [`.${extension}`, loadModule])),
      ...Object.fromEntries(YAML.map((extension) => [`.${extension}`, loadYaml])),
      '.json': loadJson,
    },
  })
}

async function find(from: string, configPath: string | undefined) {
  const { load, search } = await explorer(from)
  if (!configPath) {
    verifyOwn(from)
    const found = await search(from)
    if (found) verifyAlone(dirname(found.filepath))
    return found
  }
  const file = resolve(from, configPath)
  if (!existsSync(file))
    throw new UserError(`There is no file ${configPath}`, { hint: 'give --config an existing file' })
  const known = [...MODULES, 'json', ...YAML].map((extension) => `.${extension}`)
  if (!known.includes(extname(file))) {
    throw new UserError(`${configPath} is no config file`, {
      hint: `its name must end in ${known.join(', ')}`,
    })
  }
  return load(file)
}

/** The same place in a config that uses the other name of a section. */
function aliased(keys: Keys): Keys {
  return keys.map((key) => Object.entries(ALIASES).find(([, name]) => name === key)?.[0] ?? key)
}

/** @returns the problem with its place, and the index of that place for sorting */
async function locate(file: string, text: string, problem: Problem): Promise<[number, Problem]> {
  const isPackage = basename(file) === 'package.json'
  const keys = [...(isPackage ? [PACKAGE_KEY] : []), ...keysOf(problem.path)]
  const onKey = problem.message === 'is not a setting'
  const isModule = MODULES.includes(extname(file).slice(1))
  const { offsetInYaml } = await import('../yaml.ts')
  const find = (path: Keys) =>
    isModule ? locateInSource(text, path, onKey) : offsetInYaml(text, path, onKey)
  const offset = (await find(keys)) ?? (await find(aliased(keys)))
  if (offset === undefined) return [Number.POSITIVE_INFINITY, problem]
  return [offset, { ...problem, ...placed(file, text, positionAt(text, offset)) }]
}

/**
 * Adds to each problem where its setting stands in the config file, as far as that can be found, and sorts by place.
 * @param error from `loadConfig` or `resolveLab`
 */
export async function withPositions(error: UserError, file: string): Promise<UserError> {
  const text = await readFile(file, 'utf8')
  const located = await Promise.all(error.problems.map((problem) => locate(file, text, problem)))
  const problems = located.sort(([a], [b]) => (a === b ? 0 : a - b)).map(([, problem]) => problem)
  return new UserError(error.message, {
    problems,
    cause: error.cause,
    ...(error.hint ? { hint: error.hint } : {}),
  })
}

/**
 * Finds and reads the config: `cluster.config.*` or the `pg-lab` key of package.json, from a folder upwards.
 * @param options.configPath a file to read instead, relative to `from`
 * @throws UserError when there is none, or with all of its problems at once
 */
export async function loadConfig(from: string, options: { configPath?: string } = {}): Promise<LoadedConfig> {
  const found = await find(from, options.configPath)
  if (!found) {
    const top = searchedUpTo(from)
    const isCutOff = dirname(top) !== top
    const why = isCutOff ? ` (up to ${top}: above it others may write, and a config is a program)` : ''
    throw new UserError(`There is no cluster.config.ts in ${from} or above it${why}`, {
      hint: 'make a lab: npx create-pg-lab my-lab; or name a config with --config',
    })
  }
  if (found.isEmpty) throw emptyFile(found.filepath, '')
  const input = Array.isArray(found.config) ? undefined : found.config // a list passes for an object
  const result = parseConfig(input)
  if ('config' in result) {
    const { os } = input as ClusterConfig
    const { filepath: file } = found
    return { config: result.config, file, directory: dirname(file), namesOs: os !== undefined }
  }
  const { filepath: file } = found
  const error = configError(basename(file), problemsOf(input, result.issues))
  const { problems } = await withPositions(error, file)
  throw new ConfigError(error.message, problems, file, partialConfig(input))
}
