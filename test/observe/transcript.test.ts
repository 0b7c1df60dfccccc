import { describe, expect, it } from 'vitest'
import { CommandError } from '../../src/errors.ts'
import type { LabNode } from '../../src/lab.ts'
import { copyFiles } from '../../src/observe/copied-files.ts'
import { redactor } from '../../src/observe/redact.ts'
import { writeTranscript } from '../../src/observe/transcript.ts'
import type { Output } from '../../src/tools/runner.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { testLab, testSlave } from '../support/lab.ts'

const MARK = 'report of 2026-11-22'

type Say = (node: LabNode, words: string) => Partial<Output> | undefined

/** A healthy lab in few words; `say` goes first. */
function guestThat(say: Say = () => undefined) {
  const ran: string[] = []
  const executed: string[] = []
  const healthy: Say = ({ role }, words) => {
    if (words.includes('DELETE'))
      return role === 'slave'
        ? { exitCode: 1, stderr: 'ERROR:  cannot execute DELETE in a read-only transaction\n' }
        : {}
    if (words.includes('pg_is_in_recovery'))
      return { stdout: ' pg_is_in_recovery |\n-----\n t                 | 0/9\n' }
    return { stdout: `${MARK}\n` }
  }
  const guest: Guest = {
    async shell(node, argv) {
      ran.push(`${node.name}: ${argv.join(' ')}`)
      const words = argv.join(' ')
      return {
        exitCode: 0,
        stdout: '',
        stderr: '',
        durationMs: 1,
        ...(say(node, words) ?? healthy(node, words)),
      }
    },
    rows: async () => [],
    execute: async (node, sql) => void executed.push(`${node.name}: ${sql}`),
  }
  return { guest, ran, executed }
}

async function transcript(guest: Guest, lab = testLab(), secrets: readonly string[] = []) {
  return writeTranscript(lab, guest, { primary: lab.master, mark: MARK, hide: redactor(secrets) })
}

describe('writeTranscript', () => {
  it('has master, slave and backup in the order of a reviewer', async () => {
    const { guest } = guestThat()
    const sections = await transcript(guest)
    expect(sections.map(({ kind, node, steps }) => [kind, node, ...steps.map(({ id }) => id)])).toEqual([
      ['primary', 'master', 'slots', 'replication', 'insert'],
      ['standby', 'slave', 'read', 'recovery', 'receiver', 'readOnly'],
      ['backup', 'backup', 'barmanCheck', 'barmanReplication', 'backup', 'backups', 'barmanStatus'],
    ])
    expect(sections.flatMap(({ steps }) => steps).filter(({ ok }) => !ok)).toEqual([])
  })

  it('shows commands as a person types them', async () => {
    const { guest } = guestThat()
    const [primary, , backup] = await transcript(guest)
    expect(primary?.steps[2]?.command).toBe(
      `sudo -u postgres psql -d otus -U student -c "INSERT INTO dz (v) VALUES ('${MARK}') RETURNING k, v"`,
    )
    expect(backup?.steps[2]?.command).toBe('sudo -u barman barman backup --wait --wait-timeout 60 master')
  })

  it('follows the primary, whoever it is', async () => {
    const lab = testLab()
    const { guest } = guestThat(() => ({}))
    const [slave] = lab.slaves
    if (!slave) throw new Error('a slave')
    const sections = await writeTranscript(lab, guest, { primary: slave, mark: MARK, hide: (text) => text })
    expect(sections.map(({ kind, node }) => `${kind} ${node}`)).toEqual([
      'primary slave',
      'standby master',
      'backup backup',
    ])
  })

  it('deletes its row, even when something breaks', async () => {
    const { guest, executed } = guestThat((_, words) => {
      if (words.includes('replication-status')) throw new Error('a bug')
      return undefined
    })
    await expect(transcript(guest)).rejects.toThrow('a bug')
    expect(executed.at(-1)).toContain(`master: DELETE FROM public.dz WHERE v = '${MARK}'`)
  })

  it('never changes a row on a server that only should be a standby', async () => {
    const { guest, ran } = guestThat()
    await transcript(guest)
    const onSlave = ran.filter((line) => line.startsWith('slave:') && /DELETE|INSERT|UPDATE/.test(line))
    expect(onSlave).toEqual(['slave: psql -d otus -U student -c DELETE FROM dz WHERE false'])
  })

  it('calls a write that succeeds on a standby a failure', async () => {
    const { guest } = guestThat(({ role }, words) =>
      role === 'slave' && words.includes('DELETE') ? {} : undefined,
    )
    const [, slave] = await transcript(guest)
    expect(slave?.steps.at(-1)).toMatchObject({ id: 'readOnly', ok: false })
  })

  it('changes nothing, and shows nothing of that, where it may only ask', async () => {
    const { guest, ran, executed } = guestThat()
    const lab = testLab()
    const options = { primary: lab.master, mark: MARK, isReadOnly: true, hide: (text: string) => text }
    const sections = await writeTranscript(lab, guest, options)
    expect(sections.map(({ steps }) => steps.map(({ id }) => id))).toEqual([
      ['slots', 'replication'],
      ['recovery', 'receiver', 'readOnly'],
      ['barmanCheck', 'barmanReplication', 'backups', 'barmanStatus'],
    ])
    expect(executed).toEqual([])
    expect(ran.filter((line) => /INSERT|barman backup/.test(line))).toEqual([])
  })

  it('waits a while for the row', async () => {
    let asked = 0
    const { guest } = guestThat(({ role }, words) => {
      if (role !== 'slave' || !words.includes('SELECT k, v')) return undefined
      asked += 1
      return asked < 3 ? { stdout: '(0 rows)\n' } : undefined
    })
    const [, slave] = await transcript(guest)
    expect(slave?.steps[0]).toMatchObject({ id: 'read', ok: true })
    expect(asked).toBe(3)
  })

  it('does not wait on a standby that is late on purpose', async () => {
    const { guest } = guestThat(({ role }, words) =>
      role === 'slave' && words.includes('SELECT k, v') ? { stdout: '(0 rows)\n' } : undefined,
    )
    const [, slave] = await transcript(guest, testLab({ slaves: [testSlave({ applyDelay: '5min' })] }))
    expect(slave?.steps[0]).toMatchObject({ id: 'readLater', ok: true })
  })

  it('writes WAL while a backup waits for it', async () => {
    const { guest, executed } = guestThat()
    const slow: Guest = {
      ...guest,
      shell: async (node, argv, options) => {
        if (argv.includes('backup')) await new Promise((go) => setTimeout(go, 1_200))
        return guest.shell(node, argv, options)
      },
    }
    await transcript(slow)
    expect(executed.filter((line) => line.includes('pg_logical_emit_message'))).toHaveLength(1)
  })

  it('shows a host that is down, and goes on with the others', async () => {
    const { guest } = guestThat(({ name }) => {
      if (name !== 'slave') return undefined
      throw new CommandError('slave cannot be reached', {
        command: 'ssh',
        exitCode: 255,
        lastLines: ['refused'],
      })
    })
    const [, slave, backup] = await transcript(guest)
    expect(slave?.steps.every(({ ok }) => !ok)).toBe(true)
    expect(slave?.steps[0]?.output).toBe('slave cannot be reached\nrefused')
    expect(backup?.steps.every(({ ok }) => ok)).toBe(true)
  })

  it('shows no secret and no escape sequence', async () => {
    const { guest } = guestThat(() => ({
      stdout: '\u001b[31mconninfo password=abc lab-secret\u001b[0m',
      stderr: 'x\n',
    }))
    const [primary] = await transcript(guest, testLab(), ['lab-secret'])
    expect(primary?.steps[0]?.output).toBe('conninfo password=******** ********\nx')
  })

  it('quotes a table’s name where it must', async () => {
    const { guest, ran } = guestThat()
    await transcript(guest, testLab({ database: { name: 'otus', owner: 'student', table: 'Моя "т"' } }))
    expect(ran).toContain(
      `master: psql -d otus -U student -c INSERT INTO "Моя ""т""" (v) VALUES ('${MARK}') RETURNING k, v`,
    )
  })
})

describe('copyFiles', () => {
  const files: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
    master: [
      ['/etc/postgresql/15/main/postgresql.conf', 'port = 5432\n'],
      ['/etc/postgresql/15/main/conf.d/postgresql.conf', "primary_conninfo = 'password=abc'\n"],
      ['/x/..', 'y'],
    ],
    slave: [['/var/lib/pgsql/data/pg_hba.conf', 'ÿ\n']],
  }
  const guest: Guest = {
    shell: async (_node, argv) => ({
      exitCode: 0,
      stderr: '',
      durationMs: 1,
      stdout:
        argv[1] === 'diagnose'
          ? JSON.stringify({ global: { config: { configuration_files_directory: '/etc/barman.d' } } })
          : `${argv.at(-2)}/${argv.at(-1)}.conf\n[master]\nactive = true\n`,
    }),
    rows: async <Row>({ name }: LabNode) =>
      (files[name] ?? []).map(([path, text]) => ({
        path,
        base64: Buffer.from(text).toString('base64'),
      })) as unknown as readonly Row[],
    execute: async () => {},
  }

  it('takes what the servers name, without secrets, under names of our own', async () => {
    const copies = await copyFiles(testLab(), guest, redactor([]))
    expect(copies.map(({ source, path, text }) => [source, path, text])).toEqual([
      ['/etc/postgresql/15/main/postgresql.conf', 'files/master/postgresql.conf', 'port = 5432\n'],
      [
        '/etc/postgresql/15/main/conf.d/postgresql.conf',
        'files/master/postgresql-2.conf',
        "primary_conninfo = 'password=********'\n",
      ],
      ['/x/..', 'files/master/file', 'y'],
      ['/var/lib/pgsql/data/pg_hba.conf', 'files/slave/pg_hba.conf', 'ÿ\n'],
      ['/etc/barman.d/master.conf', 'files/backup/master.conf', '[master]\nactive = true\n'],
    ])
  })

  it('does without a host that is down', async () => {
    const down: Guest = {
      ...guest,
      rows: () => Promise.reject(new CommandError('down', { command: 'ssh' })),
    }
    expect((await copyFiles(testLab(), down, (text) => text)).map(({ node }) => node)).toEqual(['backup'])
  })
})
