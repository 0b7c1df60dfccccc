import type { Config } from '../config/schema.ts'
import type { ConfigMachine } from './machines.ts'
import type { AddProblem } from './problems.ts'

/** The name of the server each slave streams from, in their order. */
export function upstreamsOf({ master, slaves }: Config): string[] {
  return slaves.map(({ upstream }) => upstream ?? master.name)
}

/** Whether a slave streams from the master itself. */
export function isDirect(config: Config, slave: number): boolean {
  return upstreamsOf(config)[slave] === config.master.name
}

/** The way from a slave up to the master; `undefined` when it never gets there. */
function wayUp(name: string, upstreamOf: ReadonlyMap<string, string>): readonly string[] | undefined {
  const way = [name]
  for (let next = upstreamOf.get(name); next !== undefined; next = upstreamOf.get(next)) {
    if (way.includes(next)) return undefined
    way.push(next)
  }
  return way
}

/** Every slave must stream from a server of the lab, and in the end from the master. */
export function checkUpstreams(config: Config, machines: readonly ConfigMachine[], report: AddProblem): void {
  const names = machines.filter(({ seat }) => seat.role === 'slave').map(({ name }) => name)
  const servers = [config.master.name, ...names]
  const upstreams = upstreamsOf(config)
  const upstreamOf = new Map(names.map((name, index) => [name, upstreams[index] ?? '']))
  for (const [index, name] of names.entries()) {
    const path = `slaves[${index}].upstream`
    const upstream = config.slaves[index]?.upstream
    if (upstream === undefined) continue
    const others = servers.filter((server) => server !== name).join(', ')
    if (upstream === name) {
      report(path, `"${name}" cannot stream from itself`, `choose from ${others}`)
    } else if (!servers.includes(upstream)) {
      report(path, `no PostgreSQL server is called "${upstream}"`, `choose from ${others}`)
    } else if (!wayUp(name, upstreamOf)) {
      report(
        path,
        `"${name}" never gets to the master: its upstreams go in a circle`,
        'let one follow the master',
      )
    }
  }
}
