import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { totalmem } from 'node:os'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import type { OsName, ProviderName } from '../catalog/names.ts'
import { PROVIDERS } from '../catalog/providers/index.ts'
import { closest } from '../config/closest.ts'
import { type Answers, type ConfigFormat, DEFAULT_FOLDER, nameFrom } from '../create/answers.ts'
import { labAround, verifyFolder, writeLab } from '../create/folder.ts'
import { memoryWarning } from '../create/memory.ts'
import { makesLab, newLab } from '../create/new-lab.ts'
import { type PresetName, presetOf } from '../create/presets.ts'
import { type Asker, askAnswers, defaultAnswers, type Known } from '../create/questions.ts'
import { installCommand } from '../create/starter.ts'
import { type Host as Computer, chooseProvider, createHost, obstaclesHere } from '../doctor/index.ts'
import { EXIT, UserError } from '../errors.ts'
import { INVENTORY } from '../generate/render/project.ts'
import { readFormer } from '../generate/write/last-written.ts'
import { type Lab, nodesOf } from '../lab.ts'
import { callWithoutInstalling, packageFile } from '../package-root.ts'
import { freeSubnet, parseSubnet, type Subnet } from '../resolve/addresses.ts'
import { quoteForShell } from '../tools/process/quote.ts'
import { type Language, languageOf } from '../words/languages.ts'
import { type Context, canAsk } from './shared/context.ts'
import { COMMAND_HELP } from './shared/help.ts'
import { terminalAsker } from './shared/prompts.ts'
import { up } from './up.ts'

/** An alias: the table of commands holds it against commander's open record, which an interface never fits. */
type CreateOptions = {
  readonly preset?: PresetName
  readonly name?: string
  readonly provider?: ProviderName | 'auto'
  readonly os?: OsName
  readonly postgres?: number
  readonly slaves?: number
  readonly language?: Language
  readonly format: ConfigFormat
  readonly force?: true
  readonly yes?: true
  readonly up?: true
}

/**
 * `create-pg-lab [dir]`: a new lab in a folder of its own. Nothing is written before everything is known to fit.
 * @param person who answers where somebody can be asked
 */
export async function create(
  context: Context,
  options: CreateOptions,
  dir: string | undefined,
  person: Asker = terminalAsker(),
): Promise<number> {
  const asker = canAsk(context) && !options.yes ? person : undefined
  const directory = await folderFor(context, options, dir, asker)
  const answers = await answersFor(context, options, directory, asker)
  const file = packageFile()
  const { lab, starter, generated } = await newLab(answers.given, options.format, {
    host: answers.host,
    subnet: freeSubnet(
      await takenSubnets(answers.computer, directory),
      presetOf(answers.given.preset).names.subnet,
    ),
    ...(file === undefined ? {} : { file: seenFrom(directory, file) }),
  })
  const kept = await writeLab(directory, starter, generated)
  context.print(`${asker ? '\n' : ''}${showCreated(context, directory, lab, kept)}`)
  return options.up ? up({ ...context, directory, configPath: undefined }, {}) : EXIT.ok
}

/** As package.json has it: without the links that npm follows first, and with slashes, on Windows too. */
function seenFrom(directory: string, file: string): string {
  return relative(withoutLinks(directory), withoutLinks(file)).split(sep).join('/')
}

function withoutLinks(path: string): string {
  return existsSync(path) ? realpathSync(path) : join(withoutLinks(dirname(path)), basename(path))
}

/** The lab's folder: given, asked for, or the default. */
async function folderFor(
  { directory }: Context,
  { name, force }: CreateOptions,
  dir: string | undefined,
  asker: Asker | undefined,
): Promise<string> {
  const initial = name ?? DEFAULT_FOLDER
  const place = (answer: string) => resolve(directory, answer.trim() || initial)
  const asked =
    dir ??
    (await asker?.text({
      message: 'Which folder should the lab be in? The lab is named after it.',
      initial,
      check: (answer) => whyNot(() => verifyFolder(place(answer), { force: force === true })),
    }))
  const folder = place(asked ?? initial)
  if (dir !== undefined) verifyNoCommand(dir, folder)
  verifyFolder(folder, { force: force === true })
  return folder
}

/** In a lab a word that is no command is one that was typed wrong, not the folder of another lab. */
function verifyNoCommand(word: string, folder: string): void {
  const meant = labAround(folder) && closest(word, Object.keys(COMMAND_HELP))
  if (!meant) return
  throw new UserError(`Unknown command '${word}'`, {
    hint: `did you mean ${meant}? npx create-pg-lab ${meant} --help`,
  })
}

function whyNot(verify: () => void): string | undefined {
  try {
    verify()
    return undefined
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
}

async function answersFor(
  context: Context,
  options: CreateOptions,
  directory: string,
  asker: Asker | undefined,
) {
  const computer = createHost(context.run)
  const { provider } = await chooseProvider(computer, undefined, options.provider ?? 'auto')
  const host = { provider, architecture: computer.platform.architecture }
  const suggestions = {
    provider,
    system: computer.platform.system,
    obstacles: asker ? await obstaclesHere(computer) : new Map(),
    language: languageOf(context.env),
    accepts: (answers: Answers) => makesLab(answers, host),
  }
  const known = knownFrom(options, directory)
  const given = asker ? await askAnswers(known, suggestions, asker) : defaultAnswers(known, suggestions)
  return { computer, host, given }
}

/** What this computer is in, and what the labs beside the new one are going to have. */
async function takenSubnets(computer: Computer, directory: string): Promise<readonly Subnet[]> {
  const networks = await computer.networks()
  const labs = await Promise.allSettled(labsBeside(directory).map(readFormer))
  // One that cannot be read is nobody's reason to make none.
  const nodes = labs.flatMap((lab) => (lab.status === 'fulfilled' ? lab.value.nodes : []))
  return [
    ...networks.map(({ subnet }) => subnet),
    ...nodes.map(({ address }) => parseSubnet(`${address}/24`)),
  ]
}

function labsBeside(directory: string): readonly string[] {
  const above = dirname(directory)
  const folders = existsSync(above) ? readdirSync(above).map((name) => join(above, name)) : []
  return folders.filter((folder) => existsSync(join(folder, INVENTORY)))
}

/** What the flags and the folder say. */
function knownFrom({ preset, name, ...options }: CreateOptions, directory: string): Known {
  const { provider, os, postgres, slaves, language } = options
  return {
    ...(preset === undefined ? {} : { preset }),
    name: name ?? nameFrom(basename(directory)),
    ...(provider === undefined ? {} : { provider }),
    ...(os === undefined ? {} : { os }),
    ...(postgres === undefined ? {} : { postgres }),
    ...(slaves === undefined ? {} : { slaves }),
    ...(language === undefined ? {} : { language }),
  }
}

/** What to type for it in this terminal, for as long as that is open. */
function completionFor({ SHELL = '', PSModulePath }: NodeJS.ProcessEnv): string {
  if (SHELL.endsWith('fish')) return 'npx create-pg-lab completion fish | source'
  if (SHELL === '' && PSModulePath !== undefined)
    return 'npx create-pg-lab completion powershell | Out-String | Invoke-Expression'
  return SHELL.endsWith('zsh')
    ? 'source <(npx create-pg-lab completion zsh)'
    : 'source <(npx create-pg-lab completion bash)'
}

/** What was made, and what to type next. */
function showCreated(
  { paint, cwd, env }: Context,
  directory: string,
  lab: Lab,
  kept: readonly string[],
): string {
  const machines = nodesOf(lab).map(({ name }) => name)
  const tooMuch = memoryWarning(lab, Math.floor(totalmem() / 2 ** 20))
  const warnings = [...lab.warnings, ...(tooMuch === undefined ? [] : [tooMuch])]
  const path = relative(cwd, directory)
  const next = [
    ...(path ? [[quoteForShell(['cd', path]), '']] : []),
    [installCommand(packageFile()), 'once: create-pg-lab, and completion in your editor'],
    ['npm run up', 'start, provision and verify'],
  ]
  const width = Math.max(...next.map(([command = '']) => command.length))
  return [
    `${paint('green', '✔')} ${paint('bold', lab.name)}: ${machines.join(', ')}`,
    `  ${lab.os.title}, PostgreSQL ${lab.postgres.version}, ${PROVIDERS[lab.provider].title}`,
    ...(kept.length > 0 ? [`  ${kept.join(', ')}: there already, left as it was`] : []),
    ...warnings.map((warning) => `  ${paint('yellow', '!')} ${warning}`),
    '',
    ...next.map(([command = '', why]) => `  ${paint('bold', command.padEnd(width))}  ${why}`.trimEnd()),
    '',
    `  Or with nothing installed: ${quoteForShell([...callWithoutInstalling(packageFile()), 'up'])}`,
    '  Or without Node: plain `vagrant up` builds the same cluster.',
    `  Tab completes, once it is installed: ${completionFor(env)}`,
  ].join('\n')
}
