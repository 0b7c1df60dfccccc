import { expect, test } from 'vitest'
import { folderWith } from '../tools/helpers.ts'
import { labFolder, program } from './program.ts'

test('the list of all settings', async () => {
  const { exitCode, stdout } = await program(['explain'])
  expect(exitCode).toBe(0)
  expect(stdout).toContain('\nbackup                          The Barman host, or false for none\n')
  expect(stdout).toContain(
    '\nslaves[].applyDelay             How long after its commit a change is replayed\n',
  )
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThan(125)
})

test('one setting of this lab', async () => {
  const cwd = labFolder({ config: 'provider: docker\npostgres: { settings: { work_mem: 9MB } }\n' })
  const { stdout } = await program(['explain', 'work_mem'], { cwd })
  expect(stdout.replaceAll(/:\d+ /g, ':N ')).toMatchInlineSnapshot(`
    "postgres.settings.work_mem
      A line of postgresql.conf, the same on every PostgreSQL server. A change needs a reload.

      In this lab  9MB
      Default      PostgreSQL's own, 4096 kB
      Allowed      a whole number from 64 to 2147483647, counted in kB where no unit is given
      Lands in     provisioning/group_vars/all/00-cluster.yml:N  work_mem: "9MB"
      Read by      provisioning/roles/postgres/templates/postgresql.conf.j2:N  (postgresql.conf on the servers)
      Manual       https://www.postgresql.org/docs/17/runtime-config-resource.html#GUC-WORK-MEM
    "
  `)
})

test('a section and what is in it', async () => {
  const { stdout } = await program(['explain', 'replication'], { cwd: labFolder() })
  expect(stdout).toMatch(/^replication\n {2}How the slaves follow the master\.\n/)
  expect(stdout).toContain('\nreplication.mode                Whether a commit waits for slaves\n')
})

test('without a lab, and with a broken config, the default lab is shown', async () => {
  const { exitCode, stdout } = await program(['explain', 'backup.slot'], { cwd: folderWith() })
  expect(exitCode).toBe(0)
  expect(stdout).toContain('postgres_backup_slot: barman')
  expect(stdout).toContain('Shown for the default lab: there is no cluster.config.ts')
  const broken = await program(['explain', 'name'], { cwd: labFolder({ config: 'nmae: x' }) })
  expect(broken.stdout).toContain('Shown for the default lab: cluster.config.yaml has one problem.')
})

test('no such setting', async () => {
  const { exitCode, stderr } = await program(['explain', 'backup.retenton'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('did you mean backup.retention?')
})
