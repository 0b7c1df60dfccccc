import { describe, expect, it } from 'vitest'
import { markdown } from '../../src/report/markdown.ts'
import type { Report } from '../../src/report/report.ts'
import { WORDS } from '../../src/words/index.ts'
import { FAILED, finding, HOSTILE, hostileReport, sampleReport } from './sample.ts'

const inEnglish = (report: Report) => markdown(report, WORDS.en, 'index.html')

describe('the Markdown report', () => {
  it('says what is so, in the order of a reviewer', async () => {
    const text = inEnglish(await sampleReport())
    const headings = text.split('\n').filter((line) => line.startsWith('#'))
    expect(headings).toEqual([
      '# Replication report: otus',
      '## Topology',
      '## master — primary, 192.168.11.150',
      '### Replication slots',
      '## Lag under load',
      '## Drills',
      '### A slave goes away',
      '## All checks',
      '## Configuration in force',
      '## Edited by hand',
      '### `provisioning/site.yml`',
    ])
    expect(text).toContain('**✔ The one finding is as the config asks**')
    expect(text).toContain('| Time | 2026-11-22 18:08:40 UTC |')
    expect(text).toContain('[`/etc/postgresql/15/main/pg_hba.conf`](files/master/pg_hba.conf)')
    expect(text).toContain('- **slave**: at most 19.5 kB and 20 ms')
  })

  it('shows each command as typed, its output and the verdict', async () => {
    expect(inEnglish(await sampleReport())).toContain(`\`\`\`console
$ sudo -u postgres psql -c "SELECT 1"
 slot_name | active
-----------+--------
 barman    | t
${'wide '.repeat(60)}
\`\`\`

- ✔ slot slave\\_slot of slave: physical, active`)
  })

  it('draws the topology', async () => {
    expect(inEnglish(await sampleReport())).toContain(`\`\`\`mermaid
flowchart TD
  n0["master<br/>192.168.11.150<br/>primary, running, timeline 1"]
  n1["slave<br/>192.168.11.151<br/>standby, streaming, timeline 1"]
  n2["backup<br/>192.168.11.152<br/>Barman, receiving"]
  n0 -->|"slave_slot · 2.0 kB"| n1
  n0 -->|"barman"| n2
\`\`\``)
  })

  it('shows a host that is down as down', async () => {
    const text = inEnglish(await sampleReport({}, { slave: 'down' }))
    expect(text).toContain('n0 -.-x|"machine down"| n1')
    expect(text).toContain('✖ machine down')
  })

  it('shows what failed as failed, with the remedy', async () => {
    const checks = [{ id: 'slots', title: 'Slots', findings: [finding(), FAILED] }]
    const text = inEnglish(await sampleReport({ checks }))
    expect(text).toContain('**✖ 1 of 2 findings failed**')
    expect(
      text.match(/✖ \*\*slot barman of backup\*\*: expected physical, active; observed missing/g),
    ).toHaveLength(1)
    expect(text).toContain('→ On backup: sudo -u barman barman cron')
    expect(text).toContain('**1 of 2 failed**')
  })

  it('says a command failed, though no check speaks of it', async () => {
    const report = await sampleReport()
    const sections = report.sections.map((section) => ({
      ...section,
      steps: section.steps.map((step) => ({ ...step, ok: false })),
    }))
    const text = inEnglish({ ...report, sections })
    expect(text).toContain('1 command did not show what it should')
    expect(text).toContain('- ✖ the command did not show what it should')
  })

  it('tells the same failure of many checks once', async () => {
    const silence = finding({
      what: 'slave answers',
      node: 'slave',
      observed: 'no',
      ok: false,
      hint: 'Start it.',
    })
    const checks = ['version', 'standby'].map((id) => ({
      id,
      title: id,
      findings: [{ ...silence, check: id }],
    }))
    const text = inEnglish(await sampleReport({ checks }))
    expect(text.match(/Start it\./g)).toHaveLength(1)
    expect(text).toContain('slave: slave answers**: as above')
  })

  it('lets no value out of its place', async () => {
    const text = inEnglish(await hostileReport())
    const outside = text
      .replace(/^(`{3,})[^\n]*\n[\s\S]*?\n\1$/gm, '') // code blocks
      .replace(/\\[\\`*_[\]|~]/g, '') // what is escaped means nothing
      .replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '') // code spans
    expect(outside).not.toMatch(/`|<script|<\/pre|\[a|\*\*b\*/)
    const rows = text.split('\n').filter((line) => line.startsWith('| ✖'))
    expect(rows.map((row) => row.match(/(?<!\\)\|/g)?.length)).toEqual([5])
  })

  it('keeps hostile output inside its block', async () => {
    const text = inEnglish(await hostileReport())
    expect(text).toContain(`\`\`\`\`console\n$ ${HOSTILE}\n${HOSTILE}\n\`\`\`\``)
  })

  it('speaks Russian', async () => {
    const checks = [
      { id: 'slots', title: 'Slots', findings: [finding(), finding(), finding(), finding(), FAILED] },
    ]
    const text = markdown(await sampleReport({ checks }), WORDS.ru, 'index.html')
    expect(text).toContain('# Отчёт о репликации: otus')
    expect(text).toContain('✖ Не сошлось: 1 из 5 пунктов проверки')
    expect(text).toContain('| ✖ | `slots` | Каждый слот есть и используется, лишних слотов нет |')
  })
})
