import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { VERBS } from '../../src/commands/index.ts'
import { Command, CommanderError } from '../../src/commands/shared/command-line.ts'
import { COMMAND_HELP, OTHER_NAMES } from '../../src/commands/shared/help.ts'
import { SCRIPTS } from '../../src/create/starter.ts'

/** One command that somebody is told to type, and where that stands. */
interface Told {
  readonly place: string
  readonly words: string
}

const NAMES = new Set(VERBS.map(({ name }) => name))

/** Recordings of real runs keep the commands of their day. */
const RECORDED = /^docs\/(virtual-machines\.md|example-report\/)/

const FILES = [
  ...['README.md', 'README.ru.md', 'CONTRIBUTING.md', 'Vagrantfile.ejs', 'cluster.config.ts'],
  ...['src', 'provisioning', 'templates', 'docs', 'scripts'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|mjs|md|ejs|yml|j2|py|sh|rb|sql|svg)$/.test(entry.name))
      .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/')),
  ),
].filter((file) => !RECORDED.test(file))

/** `${…}`, `<%= … %>` and `<node>` stand for a word that is known only later. */
function filledIn(text: string): string {
  return text
    .replaceAll(/<%.*?%>|\{\{.*?\}\}|"?\$\([^)]*\)"?/g, 'slave')
    .replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, 'slave')
    .replaceAll(/\\(['"`$])/g, '$1')
}

/** Where a command ends in running text: the closing quote, the end of a clause, a link, the next command. */
const END =
  /(?:[`'"]?(?:[,;:)]|\.(?=['"\s]|\.|slave|$))|[`'…·|]| {2,}| #| && |<\/| >| (?:has|finds|continues|and|there|or|then|starts|shows|says|deletes|looks|explains|to|with)\b|$)/

/** Words up to the end of the command; what is in quotes is one. */
function commandAt(text: string): string {
  const words: string[] = []
  let rest = text
  for (;;) {
    const [quoted] = /^ ?"[^"]*"|^ '[^']*'/.exec(rest) ?? []
    const [word = ''] = quoted ? [quoted] : (/^ ?[^\s"]+/.exec(rest) ?? [])
    const end = quoted ? -1 : ` ${word.trim()}${rest.slice(word.length, word.length + 8)}`.search(END)
    if (word === '' || (end !== -1 && end <= word.trim().length)) {
      const last = end > 1 ? ` ${word.trim()}`.slice(1, end) : ''
      return [...words, last].filter(Boolean).join(' ')
    }
    words.push(word.trim())
    rest = rest.slice(word.length)
  }
}

function toldIn(file: string): readonly Told[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.flatMap((line, at) => {
    const text = filledIn(line)
    const starts = [...text.matchAll(/npx create-pg-lab (?=[\w])/g)]
    return starts.map((match) => ({
      place: `${file}:${at + 1}`,
      words: commandAt(text.slice(match.index + match[0].length)),
    }))
  })
}

const FROM_HELP = Object.entries(COMMAND_HELP).flatMap(([name, { examples }]) =>
  examples.map(([words]) => ({ place: `--help of ${name}`, words })),
)
const TOLD = [...FILES.flatMap(toldIn), ...FROM_HELP]

/** As a shell splits them; quotes do no more than hold words together here. */
function argvOf(words: string): readonly string[] {
  return [...words.matchAll(/"[^"]*"|'[^']*'|\S+/g)].map(([word]) => word.replaceAll(/^["']|["']$/g, ''))
}

/** @returns what the command line says against it; `undefined` when it is understood */
async function complaint(words: string): Promise<string | undefined> {
  const program = new Command().enablePositionalOptions().exitOverride()
  program.configureOutput({ writeErr: () => {}, writeOut: () => {} })
  const plain = program as unknown as Command
  for (const verb of VERBS) {
    const command = plain.command(verb.name).option('--config <file>').option('-C, --directory <folder>')
    verb.attach(command, async () => {})
  }
  try {
    await program.parseAsync(argvOf(words), { from: 'user' })
    return undefined
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode !== 0) return error.message
    if (error instanceof CommanderError) return undefined
    throw error
  }
}

/** `npx create-pg-lab my-lab`: create need not be named. */
function named(words: string): string {
  const [first = ''] = argvOf(words)
  return NAMES.has(first) || first === 'help' || !/^(my-)?lab$/.test(first) ? words : `create ${words}`
}

/** In prose a command may be named without its arguments: `reinit clones it`. */
function isNamedOnly({ place, words }: Told): boolean {
  return /^(docs\/|provisioning\/.*\.yml)/.test(place) && NAMES.has(words)
}

/** Nothing but a word that is known later. */
const isOpen = ({ words }: Told) => /^(up)?slave\b/.test(words)

test('every command that is told anywhere exists, with its options and arguments', async () => {
  expect(TOLD.length).toBeGreaterThan(300)
  const wrong: string[] = []
  for (const { place, words } of TOLD.filter((one) => !isNamedOnly(one) && !isOpen(one))) {
    const said = await complaint(named(words))
    if (said) wrong.push(`${place}: ${words} (${said})`)
  }
  expect(wrong).toEqual([])
})

test('every npm script that is told exists', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  const known = [...Object.keys(scripts), ...SCRIPTS]
  const told = FILES.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/npm run ([\w:]+)/g)].map(
      ([, script = '']) => `${file} ${script}`,
    ),
  )
  expect(told.length).toBeGreaterThan(10)
  expect(told.filter((one) => !known.includes(one.split(' ')[1] ?? ''))).toEqual([])
})

test('the help knows every command, and no other', () => {
  expect(Object.keys(COMMAND_HELP).sort()).toEqual([...NAMES].sort())
  for (const [name, { examples, seeAlso }] of Object.entries(COMMAND_HELP)) {
    expect(examples.length, name).toBeGreaterThanOrEqual(1)
    expect(examples.length, name).toBeLessThanOrEqual(3)
    expect(examples.filter(([words]) => words.split(' ')[0] !== name)).toEqual([])
    expect(seeAlso.split(', ').filter((other) => other === name || !NAMES.has(other))).toEqual([])
  }
})

test('other names lead to commands, and are none themselves', () => {
  expect(Object.values(OTHER_NAMES).filter((name) => !NAMES.has(name))).toEqual([])
  expect(Object.keys(OTHER_NAMES).filter((name) => NAMES.has(name))).toEqual([])
})
