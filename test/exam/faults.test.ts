import { readdirSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { CHECKS } from '../../src/checks/index.ts'
import { VERBS } from '../../src/commands/index.ts'
import { Command } from '../../src/commands/shared/command-line.ts'
import { AREAS } from '../../src/exam/exam-fault.ts'
import { EXAM_FAULTS } from '../../src/exam/faults/index.ts'
import { LANGUAGES } from '../../src/words/languages.ts'
import { faultsOfLab, labOfAll } from './lab.ts'

const faults = faultsOfLab(labOfAll({ provider: 'libvirt' }))

/** Words of a command as a shell splits them. */
async function understood(type: string): Promise<void> {
  const program = new Command().enablePositionalOptions().exitOverride() as unknown as Command
  for (const verb of VERBS) verb.attach(program.command(verb.name), async () => {})
  await program.parseAsync(type.split(' ').slice(2), { from: 'user' })
}

test('every file of the folder is in the list, by its name, in order', () => {
  const files = readdirSync('src/exam/faults').map((name) => name.replace(/\.ts$/, ''))
  expect(EXAM_FAULTS.map(({ id }) => id)).toEqual(files.filter((name) => name !== 'index').sort())
})

test('every area has a fault', () => {
  expect([...new Set(EXAM_FAULTS.map(({ area }) => area))].sort()).toEqual(Object.keys(AREAS).sort())
})

describe.each(faults.map((fault) => [fault.id, fault] as const))('%s', (_, fault) => {
  it('has its words in every language', () => {
    for (const language of LANGUAGES) {
      for (const text of [fault.symptom, fault.look, fault.cause]) {
        expect(text[language].length).toBeGreaterThan(10)
        expect(/[а-яё]/i.test(text[language])).toBe(language === 'ru')
      }
    }
  })

  it('tells in its symptom neither the area nor what names it', () => {
    const [, what = ''] = fault.finding.split(': ')
    expect(fault.symptom.en).not.toContain(what)
    expect(fault.symptom.en).not.toMatch(/pg_wal_replay|primary_slot_name|listen_addresses|work_mem|ALTER/)
  })

  it('is named by a check that there is', () => {
    expect(CHECKS.map(({ id }) => id)).toContain(fault.finding.split(' ')[0])
    expect(fault.touches.length).toBeGreaterThan(0)
  })

  it('has a remedy that can be typed', async () => {
    expect(fault.remedy.length).toBeGreaterThan(0)
    for (const { on, type } of fault.remedy) {
      if (on) expect(type).toMatch(/^sudo /)
      else await understood(type)
    }
  })
})
