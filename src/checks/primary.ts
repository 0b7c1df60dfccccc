import { askServers, namesOf, primaryOf, type ServerState } from '../observe/servers.ts'
import { type Check, lookAt } from './support/check.ts'

/** Who is master is asked of the servers; two of them, or none, is the first thing to know. */
export const primary: Check = {
  id: 'primary',
  title: 'One server is the primary, all belong to one cluster',
  async run(lab, guest) {
    const states = await askServers(lab, guest)
    const one = primaryOf(states)
    const primaries = states.filter(({ state }) => state === 'primary')
    const findings = await lookAt('primary', one.is === 'found' ? one.node : lab.master, async () => [
      {
        what: 'one primary',
        expected: 'exactly one server out of recovery',
        observed: namesOf(primaries) || 'none',
        ok: one.is === 'found',
        hint: one.is === 'none' ? noPrimary(states) : twoPrimaries(primaries),
        command: 'sudo -u postgres psql -c "SELECT pg_is_in_recovery()"',
      },
    ])
    const silent = states.flatMap(({ node, problem }) =>
      problem ? [lookAt('primary', node, () => Promise.reject(problem))] : [],
    )
    return [...findings, ...(await Promise.all(silent)).flat()]
  },
}

function noPrimary(states: readonly ServerState[]): string {
  const standby = states.some(({ state }) => state === 'standby')
  const silent = states.filter(({ answer }) => !answer).map(({ node }) => node.name)
  if (silent.length === 0) {
    return `All servers are in recovery. Make the most advanced one the primary: npx create-pg-lab promote`
  }
  const hung = states.filter(({ problem }) => problem?.timedOut).map(({ node }) => node.name)
  if (hung.length > 0) {
    return `${hung.join(' and ')} may be the primary and is still there: it does not answer in time. Look at its processes first, as below`
  }
  const start =
    silent.length === 1
      ? `${silent[0]} does not answer and may be the primary. Start it: npx create-pg-lab up`
      : `No answer from ${silent.join(' and ')}. Start them: npx create-pg-lab up`
  return standby ? `${start}. If the primary is lost for good: npx create-pg-lab promote` : start
}

/** Both ways are named: a higher timeline was begun later, and may hold the older data. */
function twoPrimaries(primaries: readonly ServerState[]): string {
  const names = primaries.map(({ node }) => node.name)
  const told = primaries.map(({ node, answer }) => `${node.name} on timeline ${answer?.timeline}`).join(', ')
  const ways = names.map((name) => {
    const others = names.filter((other) => other !== name)
    return `To keep ${name}: ${others.map((other) => `npx create-pg-lab rejoin ${other}`).join(', then ')}. `
  })
  return (
    `${told}: what is written to one never reaches the other, and a higher timeline does not mean newer data. ` +
    `Stop writing, see which one has the rows you want, and make the other a standby. ${ways.join('')}` +
    'rejoin says first what is given up, and asks'
  )
}
