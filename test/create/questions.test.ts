import { describe, expect, test } from 'vitest'
import type { Answers } from '../../src/create/answers.ts'
import { makesLab } from '../../src/create/new-lab.ts'
import { type Asker, askAnswers, defaultAnswers, type Suggestions } from '../../src/create/questions.ts'

const suggestions = (provider: Answers['provider'], system: NodeJS.Platform = 'linux'): Suggestions => ({
  provider: provider === 'auto' ? 'docker' : provider,
  system,
  language: 'en',
  obstacles: new Map([['virtualbox', 'VirtualBox: not found']]),
  accepts: (answers) =>
    makesLab(answers, { provider: provider === 'auto' ? 'docker' : provider, architecture: 'amd64' }),
})

interface Asked {
  readonly message: string
  readonly options: readonly string[]
  readonly initial: string
}

/** Answers with these labels, with the default where none is left; keeps what was asked. */
function scripted(labels: readonly string[] = []): { asker: Asker; asked: Asked[] } {
  const asked: Asked[] = []
  const left = [...labels]
  const asker: Asker = {
    text: async () => {
      throw new Error('no text is asked here')
    },
    choose: async ({ message, options, initial }) => {
      const first = options.find(({ value }) => value === initial)
      const row = options.map(({ label, hint }) => (hint ? `${label} (${hint})` : label))
      asked.push({ message, options: row, initial: first?.label ?? '' })
      const wanted = left.shift()
      return options.find(({ label }) => label === wanted)?.value ?? initial
    },
  }
  return { asker, asked }
}

const known = { name: 'my-lab', preset: 'homework' } as const

test.each([
  ['en', 'homework: a master, its slaves and a Barman host'],
  ['ru', 'otus: the homework of today: node1, node2 and barman, base backups over SSH'],
] as const)(
  'the first question, where no option says it, is for the lab; in %s its first answer is %s',
  async (language, first) => {
    const { asker, asked } = scripted()
    const { preset } = await askAnswers({ name: 'my-lab' }, { ...suggestions('docker'), language }, asker)
    expect(asked[0]).toMatchObject({ message: 'Which lab?', initial: first })
    expect(asked[0]?.options[0]).toBe(first)
    expect(first).toMatch(new RegExp(`^${preset}:`))
  },
)

test('four questions, each with its default', async () => {
  const { asker, asked } = scripted()
  const answers = await askAnswers(known, suggestions('docker'), asker)
  expect(asked).toMatchInlineSnapshot(`
    [
      {
        "initial": "Docker",
        "message": "What should the machines run on?",
        "options": [
          "Docker (chosen for this computer; usable here)",
          "VirtualBox (VirtualBox: not found)",
          "libvirt (QEMU/KVM) (usable here)",
          "VMware Fusion or Workstation (usable here)",
        ],
      },
      {
        "initial": "Debian 13 · PostgreSQL 17",
        "message": "Which system and PostgreSQL?",
        "options": [
          "Debian 13 · PostgreSQL 17",
          "Debian 12 · PostgreSQL 15",
          "Ubuntu 24.04 · PostgreSQL 16",
          "Ubuntu 22.04 · PostgreSQL 14",
          "Debian 14 · PostgreSQL 18",
          "Debian 11 · PostgreSQL 13 (no fixes since 2026-08-31)",
        ],
      },
      {
        "initial": "1",
        "message": "How many slaves?",
        "options": [
          "none",
          "1",
          "2",
          "3",
          "4",
        ],
      },
      {
        "initial": "English",
        "message": "In which language should the README be?",
        "options": [
          "English",
          "Русский",
        ],
      },
    ]
  `)
  expect(answers).toEqual(defaultAnswers(known, suggestions('docker')))
})

test('the answers are taken', async () => {
  const { asker } = scripted(['VirtualBox', 'Rocky Linux 9 · PostgreSQL 18', '3', 'Русский'])
  expect(await askAnswers(known, suggestions('docker'), asker)).toMatchObject({
    name: 'my-lab',
    provider: 'virtualbox',
    os: 'rocky-9',
    postgres: undefined,
    slaves: 3,
    language: 'ru',
  })
})

test('what a flag says is not asked', async () => {
  const { asker, asked } = scripted()
  const flags = { provider: 'docker', os: 'debian-13', slaves: 2, language: 'ru' } as const
  expect(await askAnswers({ ...known, ...flags }, suggestions('docker'), asker)).toMatchObject(flags)
  expect(asked).toEqual([])
  await askAnswers({ ...known, provider: 'docker', postgres: 16, slaves: 1 }, suggestions('docker'), asker)
  expect(asked.map(({ message }) => message)).toEqual(['In which language should the README be?'])
})

test('a cascade is not offered with fewer slaves than it needs', async () => {
  const { asker, asked } = scripted()
  await askAnswers({ ...known, preset: 'cascade' }, suggestions('docker'), asker)
  expect(asked[2]).toMatchObject({ options: ['2', '3', '4'], initial: '2' })
})

describe('only what can be had is offered', () => {
  test('on macOS Parallels, not libvirt', async () => {
    const { asker, asked } = scripted()
    await askAnswers(known, suggestions('virtualbox', 'darwin'), asker)
    expect(asked[0]?.options).toEqual([
      'VirtualBox (chosen for this computer; VirtualBox: not found)',
      'Docker (usable here)',
      'VMware Fusion or Workstation (usable here)',
      'Parallels Desktop (usable here)',
    ])
  })

  test('the default system is the first that has a box', () => {
    const none = { ...suggestions('docker'), accepts: ({ os }: Answers) => os === 'ubuntu-24.04' }
    expect(defaultAnswers(known, none).os).toBe('ubuntu-24.04')
    expect(defaultAnswers(known, { ...none, accepts: () => false }).os).toBe('debian-13')
  })
})
