import { describe, expect, test } from 'vitest'
import { CommandError } from '../../src/errors.ts'
import { nodesOf } from '../../src/lab.ts'
import { makePlan } from '../../src/plan/index.ts'
import { refusals } from '../../src/plan/refusals.ts'
import { survey } from '../../src/plan/survey.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { testLab } from '../support/lab.ts'
import { folderWith } from '../tools/helpers.ts'

const lab = testLab({ provider: 'ssh' })

/** Nothing was written yet, and no program of this computer is to be run. */
const NEW = {
  former: { version: undefined, nodes: [], users: [], database: '', table: '', vagrantfile: '' },
  run: () => Promise.reject(new Error('nothing is run here')),
}

/** Servers without PostgreSQL, reached under names of their own. @param belongings what the script prints of each */
function serversWith(belongings: Readonly<Record<string, string>>): Guest {
  const output = (stdout: string) => ({ exitCode: 0, stdout, stderr: '', durationMs: 0 })
  const refuse = () => Promise.reject(new CommandError('no server', { command: 'psql', exitCode: 2 }))
  return {
    shell: async (node, [program], options) => {
      if (program === 'barman') return refuse()
      return options?.stdin === undefined
        ? output(`srv-${node.address}\n${node.address} 172.17.0.2\ndebian 12\n`)
        : output(`owner=${belongings[node.name] ?? '\n'}`)
    },
    rows: refuse,
    execute: refuse,
  }
}

async function see(belongings: Readonly<Record<string, string>>, takesOver = false) {
  const guest = serversWith(belongings)
  return { guest, seen: await survey({ ...NEW, lab, guest, directory: folderWith(), takesOver }) }
}

const FULL = '\na cluster of PostgreSQL 15 in /var/lib/postgresql/15/main\n'
const files = { written: [], merged: [], removed: [], unchanged: [], kept: [], conflicts: [], patches: [] }

describe('servers that were there before the lab', () => {
  test('may be empty', async () => {
    const { seen, guest } = await see({})
    expect(refusals(lab, seen)).toEqual([])
    const items = await makePlan(lab, { files, seen, guest, applying: { why: 'a test' } })
    expect(
      items.filter(({ kind }) => kind === 'machine').map(({ node, text }) => `${node}: ${text}`),
    ).toEqual(
      nodesOf(lab).map(
        ({ name }) => `${name}: nothing of PostgreSQL or Barman is there: marked as this lab's`,
      ),
    )
  })

  test('with somebody else’s PostgreSQL are refused, until the lab is named', async () => {
    expect(refusals(lab, (await see({ slave: FULL })).seen)).toEqual([
      {
        kind: 'server',
        node: 'slave',
        action: 'refuse',
        text: 'this lab has not made what is there: a cluster of PostgreSQL 15 in /var/lib/postgresql/15/main',
        hint: 'if the lab may have it (a cluster keeps its data, its configuration is replaced): --take-over otus',
      },
    ])
    const { seen, guest } = await see({ slave: FULL }, true)
    expect(refusals(lab, seen)).toEqual([])
    const items = await makePlan(lab, { files, seen, guest, applying: { why: 'a test' } })
    expect(items.find(({ kind, node }) => kind === 'machine' && node === 'slave')?.text).toMatch(
      /^taken over: /,
    )
  })

  test('of another lab are refused, even when they are empty', async () => {
    const [refused] = refusals(lab, (await see({ master: 'shop\n' })).seen)
    expect(refused?.text).toBe('it belongs to the lab shop')
  })

  test('of this lab are gone on with, whatever is on them', async () => {
    const { seen } = await see({ master: `otus${FULL}`, slave: `otus${FULL}`, backup: 'otus\n' })
    expect(refusals(lab, seen)).toEqual([])
    expect([...seen.made]).toEqual(['master', 'slave', 'backup'])
  })

  test('of this lab and still empty may get another major', async () => {
    const later = testLab({ provider: 'ssh', postgres: { ...lab.postgres, version: 17 } })
    const former = { ...NEW.former, version: 15 }
    const refused = async (belongings: Readonly<Record<string, string>>) => {
      const seen = await survey({
        ...NEW,
        former,
        lab: later,
        guest: serversWith(belongings),
        directory: folderWith(),
      })
      return refusals(later, seen).map(({ text }) => text)
    }
    expect(await refused({ master: 'otus\n', slave: 'otus\n', backup: 'otus\n' })).toEqual([])
    expect(await refused({ master: `otus${FULL}` })).toEqual([
      'PostgreSQL 15 holds the data, and the config asks for 17: another major cannot read it',
    ])
  })

  test('must have the address of the config themselves', async () => {
    const elsewhere = testLab({ provider: 'ssh', slaves: [] })
    const guest = serversWith({})
    const moved = {
      ...guest,
      shell: async (...[node, argv, options]: Parameters<Guest['shell']>) => {
        const output = await guest.shell(node, argv, options)
        return { ...output, stdout: output.stdout.replace(`${node.address} `, '') }
      },
    }
    const seen = await survey({ ...NEW, lab: elsewhere, guest: moved, directory: folderWith() })
    expect(refusals(elsewhere, seen).map(({ text }) => text)).toEqual([
      '192.168.11.150 is none of its addresses: it has 172.17.0.2',
      '192.168.11.152 is none of its addresses: it has 172.17.0.2',
    ])
  })
})
