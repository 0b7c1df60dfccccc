import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { failures, spawn, TestLab } from './support.ts'

/*
 * Two labs on one computer, as somebody makes them who reads no docs; and a third one that was copied, so that it has the
 * network of the first.
 */
const place = TestLab.create('labs', 'export default {}\n')
const [one, two, copy] = ['one', 'two', 'copy'].map((name) => new TestLab(join(place.directory, name)))
if (!one || !two || !copy) throw new Error('no labs')
rmSync(join(place.directory, 'cluster.config.ts'))

afterAll(() => {
  for (const lab of [one, two, copy])
    spawn('node', ['dist/pg-lab.js', 'destroy', '--yes', '-C', lab.directory])
  place.remove()
})

it('both come up and are verified, side by side', () => {
  for (const lab of [one, two]) {
    const name = lab.directory.split('/').at(-1) ?? ''
    place.must('create', name, '--provider', 'docker', '--yes')
    lab.must('up')
  }
  for (const lab of [one, two]) expect(failures(lab.verify().failed)).toEqual([])
})

it('a third one with the network of the first is refused before anything is made', () => {
  mkdirSync(copy.directory)
  const config = readFileSync(join(one.directory, 'cluster.config.ts'), 'utf8')
  writeFileSync(join(copy.directory, 'cluster.config.ts'), config.replace("name: 'one'", "name: 'copy'"))
  const { status, stderr } = copy.run('up')
  expect(status).toBe(3)
  expect(stderr).toContain(`the lab in ${one.directory} has it`)
  expect(spawn('docker', ['ps', '--all', '--format', '{{.Names}}']).stdout).not.toMatch(/^copy-/m)
})

it('and by Vagrant alone too', () => {
  copy.must('generate')
  const { status, stdout, stderr } = copy.spawn('vagrant', 'up', '--provider=docker')
  expect(status).not.toBe(0)
  expect(stdout + stderr).toContain(`the lab in ${one.directory} has it`)
  expect(spawn('docker', ['ps', '--all', '--format', '{{.Names}}']).stdout).not.toMatch(/^copy-/m)
  expect(failures(one.verify().failed)).toEqual([])
})
