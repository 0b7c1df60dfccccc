import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CommandError } from '../../errors.ts'
import { withoutUsersAnsible } from '../../tools/process/environment.ts'
import { readYamlDocuments, toYaml } from '../../yaml.ts'
import { isYamlCode } from '../code.ts'
import type { Submission } from '../submission.ts'
import { byFaults, type Criterion, unasked } from './criterion.ts'

const TIMEOUT_MS = 180_000
const PROFILE = 'basic'

/** Stands for any template: ansible-lint evaluates what it finds, and a lookup runs programs on this computer. */
const HARMLESS = '{{ graded }}'

/**
 * What may be asked of a copy in which no template is left: not how templates are written, nor what this computer's own
 * collections decide.
 */
const SKIPPED_RULES = ['jinja']
const OF_THIS_COMPUTER = /^(?:syntax-check|load-failure|internal-error|parser-error|schema)/

/** No finding of ansible-lint, by a profile of our own. Nothing of the hand-in but YAML without templates is given to it. */
export const lint: Criterion = {
  id: 'lint',
  async judge({ submission, run, words: { seen } }) {
    const command = `ansible-lint --offline --profile ${PROFILE}`
    const files = harmlessCopies(submission)
    const risk = files.find(({ text }) => hasTemplate(text))
    if (risk) return unasked(seen.lintRisk(risk.path), command)
    if (files.length === 0) return unasked(seen.noYaml, command)
    const place = mkdtempSync(join(tmpdir(), 'pg-lab-grade-'))
    try {
      const project = join(place, 'project')
      for (const { path, text } of files) {
        mkdirSync(dirname(join(project, path)), { recursive: true })
        writeFileSync(join(project, path), text)
      }
      writeFileSync(
        join(place, 'lint.yml'),
        toYaml({ profile: PROFILE, offline: true, skip_list: SKIPPED_RULES }),
      )
      writeFileSync(join(place, 'ansible.cfg'), '')
      const { stdout } = await run({
        file: 'ansible-lint',
        args: [
          '--offline',
          '-q',
          '--parseable',
          '--nocolor',
          '-c',
          join(place, 'lint.yml'),
          '--project-dir',
          project,
        ],
        cwd: project,
        env: { ...withoutUsersAnsible(), HOME: place, ANSIBLE_CONFIG: join(place, 'ansible.cfg') },
        expectExit: 'any',
        timeoutMs: TIMEOUT_MS,
      })
      return byFaults(findingsIn(stdout), { seen: [seen.noLintFinding], command })
    } catch (error) {
      if (!(error instanceof CommandError) || error.timedOut) throw error
      return unasked(seen.noLint, command)
    } finally {
      rmSync(place, { recursive: true, force: true })
    }
  },
}

/** `site.yml:4: command-instead-of-shell: Use shell only when …` */
function findingsIn(output: string): readonly string[] {
  return output.split('\n').filter((line) => {
    const [, rule = ''] = /^\S+:\d+(?::\d+)?: ([\w-]+(?:\[[\w-]+\])?)/.exec(line) ?? []
    return rule !== '' && !OF_THIS_COMPUTER.test(rule)
  })
}

/** Its YAML, each template replaced. No plugin, no configuration, no list of what is to be installed. */
function harmlessCopies({ files }: Submission): readonly { readonly path: string; readonly text: string }[] {
  return files.flatMap(({ path, text }) => {
    if (text === undefined || !isYamlCode(path) || /(^|\/)(requirements|galaxy)\.ya?ml$|(^|\/)\./.test(path))
      return []
    const plain = text.replace(/\{\{[\s\S]*?\}\}/g, HARMLESS).replace(/\{%[\s\S]*?%\}|\{#[\s\S]*?#\}/g, '')
    return [{ path, text: plain }]
  })
}

/** As PyYAML would see it: `"\\x7b{ lookup(…) }}"` is a template too. What cannot be read is left to the criterion `playbook`. */
function hasTemplate(text: string): boolean {
  const read = readYamlDocuments(text)
  return 'error' in read || read.values.some((value) => isTemplate(value))
}

function isTemplate(value: unknown, visited = new Set<unknown>()): boolean {
  if (typeof value === 'string') return /\{\{|\{%|\{#/.test(value.replaceAll(HARMLESS, ''))
  if (typeof value !== 'object' || value === null || visited.has(value)) return false
  visited.add(value)
  return Object.entries(value).some(([key, one]) => isTemplate(key) || isTemplate(one, visited))
}
