import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { labFolder, program } from './program.ts'

const CONFIG = 'provider: docker\nslaves: [{}, { upstream: slave, applyDelay: 1min }]\n'

test('the lab with every choice made, as YAML and as JSON', async () => {
  const cwd = labFolder({ config: CONFIG })
  const { exitCode, stdout } = await program(['config'], { cwd })
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^# The lab of cluster\.config\.yaml, every choice made\n---\nname: pg-lab\n/)
  const json = await program(['config', '--json'], { cwd })
  expect(parse(stdout)).toEqual(JSON.parse(json.stdout).config)
  expect(JSON.parse(json.stdout).config).toMatchObject({
    os: 'debian-13',
    slaves: [
      { name: 'slave', upstream: 'master', applyDelay: '' },
      {
        name: 'slave2',
        address: '192.168.11.153',
        upstream: 'slave',
        applyDelay: '1min',
        slot: 'slave2_slot',
      },
    ],
    postgres: { version: 17 },
  })
})

test('a broken config is told, with its place', async () => {
  const { exitCode, stdout, stderr } = await program(['config'], { cwd: labFolder({ config: 'nmae: x\n' }) })
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toContain('cluster.config.yaml:1:1')
})

test('what is wrong with single settings and between them is told at once, in the order of the file', async () => {
  const config = `name: My Lab
os: debian-12
master: { memory: 1GB, address: 10.0.0.5 }
slaves: [{ name: all }, { cpus: 900 }]
backup: { retention: 7, server: restored, user: postgres }
postgres: { version: 17, settings: { port: 5433 } }
replication: { mode: sync, synchronous: 7 }
nmae: x
`
  const { exitCode, stderr } = await program(['config'], { cwd: labFolder({ config }) })
  expect(exitCode).toBe(2)
  expect(stderr).toContain('cluster.config.yaml has 12 problems')
  const lines = [...stderr.matchAll(/cluster\.config\.yaml:(\d+):\d+\)/g)].map(([, line]) => Number(line))
  expect(lines).toEqual([1, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 8])
})

test('which lab is meant is said where the config lies elsewhere', async () => {
  const lab = labFolder({ config: CONFIG })
  const config = join(lab, 'cluster.config.yaml')
  const { stderr } = await program(['config', '-C', tmpdir(), '--config', config])
  expect(stderr).toBe(`The lab is the folder of that config: ${lab}\n`)
  expect((await program(['config', '--config', 'cluster.config.yaml'], { cwd: lab })).stderr).toBe('')
})
