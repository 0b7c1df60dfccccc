import { OPERATING_SYSTEMS } from '../catalog/os.ts'
import type { ClusterConfig } from '../config/schema.ts'
import { CONFIG_SCHEMA } from '../generate/render/editor-files.ts'
import { type Lab, nodesOf } from '../lab.ts'
import { toYaml } from '../yaml.ts'
import type { Answers, ConfigFormat } from './answers.ts'
import { presetOf } from './presets.ts'

export function configFileName(format: ConfigFormat): string {
  return `cluster.config.${format}`
}

const LONGEST_LINE = 100

/** A setting of the config with the comments that make it readable. */
interface CommentedSetting {
  readonly key: string
  readonly value: unknown
  /** A line of its own before it. */
  readonly above?: string | undefined
  /** At its end. */
  readonly beside?: string | undefined
  /** Begins a paragraph. */
  readonly gap?: true
}

/** `master .150, slave .151`: the last parts of the addresses, for the line has to be short. */
function seats(lab: Lab): string {
  const nodes = nodesOf(lab)
  const shown = nodes.length > 4 ? nodes.slice(0, 3) : nodes
  const words = shown.map(({ name, address }) => `${name} ${address.slice(address.lastIndexOf('.'))}`)
  return [...words, ...(shown.length < nodes.length ? ['…'] : [])].join(', ')
}

function entriesOf(config: ClusterConfig, { os, preset }: Answers, lab: Lab): readonly CommentedSetting[] {
  const { title, postgresVersion } = OPERATING_SYSTEMS[os]
  const carried = config.postgres?.repository ? undefined : `${title} carries PostgreSQL ${postgresVersion}`
  return [
    { key: 'name', value: config.name },
    { key: 'provider', value: config.provider, beside: "what the machines run on; 'auto': what is found" },
    { key: 'os', value: config.os, beside: carried },
    { key: 'network', value: config.network, gap: true, beside: seats(lab) },
    { key: 'master', value: config.master },
    { key: 'slaves', value: config.slaves, above: presetOf(preset).aboutSlaves },
    { key: 'backup', value: config.backup, beside: config.backup ? undefined : 'no Barman host' },
    {
      key: 'postgres',
      value: config.postgres,
      gap: true,
      above: 'settings: lines of postgresql.conf, the same on every server.',
    },
    { key: 'replication', value: config.replication },
    { key: 'database', value: config.database },
  ]
}

/** A value as TypeScript; of several machines each has its line. */
function literal(value: unknown, indent: string): string {
  if (typeof value === 'string') return `'${JSON.stringify(value).slice(1, -1).replaceAll("'", "\\'")}'`
  if (Array.isArray(value)) {
    if (value.length < 2) return `[${value.map((one) => literal(one, indent)).join('')}]`
    const inner = `${indent}  `
    return `[\n${value.map((one) => `${inner}${literal(one, inner)},\n`).join('')}${indent}]`
  }
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  const inline = members.map(([key, member]) => `${key}: ${literal(member, `${indent}  `)}`)
  const line = `{ ${inline.join(', ')} }`
  if (indent.length + line.length < LONGEST_LINE - 16) return line
  return `{\n${inline.map((member) => `${indent}  ${member},\n`).join('')}${indent}}`
}

const ABOUT = 'What is left out has a default'

function typescript(entries: readonly CommentedSetting[], title: string): string {
  const lines = entries.map(({ key, value, above, beside, gap }) =>
    [
      ...(gap ? [''] : []),
      ...(above ? [`  // ${above}`] : []),
      `  ${key}: ${literal(value, '  ')},${beside ? ` // ${beside}` : ''}`,
    ].join('\n'),
  )
  return `import { defineCluster } from 'create-pg-lab'

/** ${title}. ${ABOUT}: \`npx create-pg-lab explain\`. */
export default defineCluster({
${lines.join('\n')}
})
`
}

function yaml(entries: readonly CommentedSetting[], title: string): string {
  const lines = entries.map(({ key, value, above, beside, gap }) => {
    const body = toYaml({ [key]: value }).replace(/^---\n/, '')
    const comment = above ?? (body.indexOf('\n') < body.length - 1 ? beside : undefined)
    const atEnd = beside && beside !== comment ? ` # ${beside}` : ''
    return `${gap ? '\n' : ''}${comment ? `# ${comment}\n` : ''}${body.trimEnd()}${atEnd}\n`
  })
  return `# yaml-language-server: $schema=./${CONFIG_SCHEMA}
# ${title}. ${ABOUT}: npx create-pg-lab explain
${lines.join('')}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** The text of the lab's config: what was answered, commented, short. */
export function configFile(config: ClusterConfig, answers: Answers, format: ConfigFormat, lab: Lab): string {
  const entries = entriesOf(config, answers, lab)
  const title = capital(presetOf(answers.preset).title)
  return format === 'ts' ? typescript(entries, title) : yaml(entries, title)
}
