import { findPrimary, type ServerState } from '../postgres/topology.ts'
import { type Check, lookAt, lookAtEach } from './support/check.ts'

/** Who is master is asked of the servers; two of them, or none, is the first thing to know. */
export const primary: Check = {
  id: 'primary',
  title: 'One server is the primary, all belong to one cluster',
  async run(lab, guest) {
    const answer = await findPrimary(lab, guest)
    const silent = answer.states.filter((state) => state.problem)
    const names = answer.states.filter(({ role }) => role === 'primary').map(({ node }) => node.name)
    const findings = await lookAt('primary', answer.found ? answer.node : lab.master, async () => [
      {
        what: 'one primary',
        expected: 'exactly one server out of recovery',
        observed: names.join(', ') || 'none',
        ok: answer.found,
        hint: names.length === 0 ? noPrimary(answer.states) : twoPrimaries(answer.states),
        command: 'sudo -u postgres psql -c "SELECT pg_is_in_recovery()"',
      },
    ])
    const unreachable = await lookAtEach(
      'primary',
      silent.map(({ node }) => node),
      async (node) => {
        throw answer.states.find((state) => state.node.name === node.name)?.problem
      },
    )
    return [...findings, ...unreachable]
  },
}

function noPrimary(states: readonly ServerState[]): string {
  const standby = states.find(({ role }) => role === 'standby')
  const silent = states.filter(({ role }) => role === 'unreachable').map(({ node }) => node.name)
  if (silent.length === 0) {
    return `All servers are in recovery. Make the most advanced one the primary: npx create-pg-lab promote`
  }
  const hung = states.filter(({ problem }) => problem?.timedOut).map(({ node }) => node.name)
  if (hung.length > 0) {
    return `${hung.join(' and ')} may be the primary, and is not gone: it gives no answer in time. Look at its processes first, as below`
  }
  const start =
    silent.length === 1
      ? `${silent[0]} does not answer and may be the primary. Start it: npx create-pg-lab up`
      : `No answer from ${silent.join(' and ')}. Start them: npx create-pg-lab up`
  return standby ? `${start}. If the primary is lost for good: npx create-pg-lab promote` : start
}

/** Both ways are named: a higher timeline was begun later, and may hold the older data. */
function twoPrimaries(states: readonly ServerState[]): string {
  const primaries = states.filter(({ role }) => role === 'primary')
  const names = primaries.map(({ node }) => node.name)
  const told = primaries.map(({ node, timeline }) => `${node.name} on timeline ${timeline}`).join(', ')
  const ways = names.map((name) => {
    const others = names.filter((other) => other !== name)
    return `To keep ${name}: ${others.map((other) => `npx create-pg-lab rejoin ${other}`).join(', then ')}. `
  })
  return (
    `${told}: what is written to one never reaches the other, and a higher timeline does not mean newer data. ` +
    `Stop writing, look which one has the rows you want, and make a standby of the other. ${ways.join('')}` +
    'rejoin says first what is given up, and asks'
  )
}
