import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemsOf } from '../../src/config/problems.ts'
import { parseConfig } from '../../src/config/schema.ts'
import { EXIT, type Problem, UserError } from '../../src/errors.ts'
import { ansibleVars } from '../../src/generate/render/ansible-vars.ts'
import { GROUP_VARS, INVENTORY, projectFiles } from '../../src/generate/render/project.ts'
import { type Lab, nodesOf } from '../../src/lab.ts'
import { resolveLab } from '../../src/resolve/resolve-lab.ts'
import { exitCodeOf, showError } from '../../src/show-errors.ts'
import { type Attempt, attempts } from './hostile-configs.ts'

/* HOSTILE_COUNT: how many configs, others in each run; HOSTILE_SEED: those of an earlier run. */
const COUNT = Number(process.env.HOSTILE_COUNT ?? 2_000)
const SEED = Number(process.env.HOSTILE_SEED ?? Date.now() % 1_000_000)
/** So many go through the readers at once. */
const BATCH = 2_000

interface Made {
  readonly lab: Lab
  readonly files: ReadonlyMap<string, string>
}

function outcomeOf(input: unknown): readonly Problem[] | Lab {
  const parsed = parseConfig(input)
  if ('issues' in parsed) return problemsOf(input, parsed.issues)
  try {
    const provider = parsed.config.provider === 'auto' ? 'docker' : parsed.config.provider
    return resolveLab(parsed.config, { provider, architecture: 'amd64' })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return expectShown(error).problems
  }
}

/** A refusal is shown without a stack, and without anything that a terminal would obey. */
function expectShown(error: UserError): UserError {
  const again = 'npx pg-lab up'
  const page = showError(error, { paint: (_, text) => text, again, versions: '', reportTo: '' })
  expect(exitCodeOf(error)).toBe(EXIT.userError)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
  expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\n {4}at /)
  return error
}

const isLab = (outcome: readonly Problem[] | Lab): outcome is Lab => 'master' in outcome

/** Whether the config is refused for what is wrong with it. Ordinary names may collide as well, without any hostile text. */
function expectNamed({ input, ordinary, hostilePaths }: Attempt, problems: readonly Problem[]): void {
  if (!isLab(outcomeOf(ordinary))) return
  const isAbout = ({ path, message }: Problem) =>
    hostilePaths.some(
      (bad) => `${bad}.`.startsWith(`${path}.`) || path.startsWith(bad) || message.includes(bad),
    )
  if (!problems.some(isAbout)) expect({ input, problems }).toEqual('refused with the path of what is wrong')
}

async function make(attempt: Attempt): Promise<Made | undefined> {
  const outcome = outcomeOf(attempt.input)
  if (!isLab(outcome)) {
    expectNamed(attempt, outcome)
    return undefined
  }
  const files = await projectFiles(outcome, { roles: 'in-place' })
  return { lab: outcome, files: new Map(files.map(({ path, content }) => [path, content])) }
}

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pg-lab-hostile-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Hands each text to a reader of another language, in one process. */
function read<Answer>(file: string, args: readonly string[], inputs: readonly unknown[]): Answer[] {
  const input = inputs.map((one) => `${JSON.stringify(one)}\n`).join('')
  const options = { input, encoding: 'utf8', maxBuffer: 1 << 30 } as const
  const output = execFileSync(file, [...args], options)
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Answer)
}

const reader = (name: string) => join(import.meta.dirname, name)

interface Said {
  readonly nodes: readonly Record<string, unknown>[]
  readonly said: readonly (readonly unknown[])[]
  readonly server: string | null
}

function expectVagrant({ lab }: Made, { nodes, said, server }: Said): void {
  const groups = { master: 'masters', slave: 'slaves', backup: 'backups' }
  const wanted = nodesOf(lab).map(({ name, address, memoryMb, cpus, role }) => {
    return { name, address, memory: memoryMb, cpus, group: groups[role] }
  })
  expect(nodes).toEqual(wanted)
  const assigned = (name: string) => said.find(([word]) => word === `${name}=`)?.[1]
  expect(assigned('box')).toBe(lab.box?.name)
  expect(assigned('box_version')).toBe(lab.box?.version)
  expect(assigned('box_url')).toBe(lab.box?.url)
  expect(server ?? undefined).toBe(lab.mirrors.vagrant)
  expect(said.filter(([word]) => word === 'hostname=').map(([, name]) => name)).toEqual(
    nodesOf(lab).map(({ name }) => name),
  )
}

type Groups = Readonly<Record<string, { readonly hosts: object }>>

function expectYaml({ lab }: Made, [vars, groups]: readonly [unknown, Groups]): void {
  expect(vars).toEqual(ansibleVars(lab))
  const names = ['masters', 'slaves', 'backups'].flatMap((group) => Object.keys(groups[group]?.hosts ?? {}))
  expect(names).toEqual(nodesOf(lab).map(({ name }) => name))
}

/** Reads node-image.env as build.sh does: all of them in one shell. */
function expectShell(made: readonly Made[]): void {
  const docker = made.filter(({ lab }) => lab.provider === 'docker')
  const script = docker.map(
    ({ files }) =>
      `${files.get('provisioning/support/node-image.env')}printf '%s\\n' "$PACKAGE_MIRROR" "$BASE_IMAGE" "$PROXY_NONE"\n`,
  )
  const lines = execFileSync('sh', [], { input: script.join(''), encoding: 'utf8' })
    .split('\n')
    .slice(0, -1)
  const wanted = docker.flatMap(({ lab }) => [
    lab.mirrors.packages ?? '',
    `${lab.mirrors.docker ?? ''}${lab.os.dockerImage}`,
    lab.proxy.noProxy ?? '',
  ])
  expect(lines).toEqual(wanted)
}

describe('configs of hostile and clumsy input', () => {
  it(`are refused with their paths, or arrive as they were: ${COUNT} of them`, async () => {
    console.log(`hostile: HOSTILE_COUNT=${COUNT} HOSTILE_SEED=${SEED}`)
    let arrived = 0
    for (let at = 0; at < COUNT; at += BATCH) {
      const numRuns = Math.min(BATCH, COUNT - at)
      const made = (await Promise.all(fc.sample(attempts, { numRuns, seed: SEED + at }).map(make))).filter(
        (one) => one !== undefined,
      )
      const said = read<Said>(
        'ruby',
        [reader('read-vagrantfiles.rb'), folder],
        made.map(({ files }) => files.get('Vagrantfile')),
      )
      const parsed = read<readonly [unknown, Groups]>(
        '/usr/bin/python3',
        [reader('read-yaml.py')],
        made.map(({ files }) => [files.get(GROUP_VARS), files.get(INVENTORY)]),
      )
      expect([said.length, parsed.length]).toEqual([made.length, made.length])
      for (const [index, one] of made.entries()) {
        expectVagrant(one, said[index] as Said)
        expectYaml(one, parsed[index] as readonly [unknown, Groups])
      }
      expectShell(made)
      arrived += made.length
    }
    console.log(`hostile: ${arrived} arrived, ${COUNT - arrived} were refused`)
    expect(arrived).toBeGreaterThan(COUNT / 10)
    expect(COUNT - arrived).toBeGreaterThan(COUNT / 10)
  }, 14_400_000)
})
