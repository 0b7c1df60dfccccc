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
  expect(parse(stdout)).toEqual(JSON.parse(json.stdout))
  expect(JSON.parse(json.stdout)).toMatchObject({
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
