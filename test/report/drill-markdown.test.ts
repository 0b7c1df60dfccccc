import { describe, expect, it } from 'vitest'
import { drillMarkdown } from '../../src/report/drill-markdown.ts'
import { drillPicture } from '../../src/report/svg-course.ts'
import { WORDS } from '../../src/words/index.ts'
import { drillReport, HOSTILE } from './sample.ts'

describe("a drill's page", () => {
  it('tells what came of a step in its own language', () => {
    const [step] = drillReport().steps
    if (!step) throw new Error('the sample has a step')
    const report = drillReport({ steps: [{ ...step, result: { en: '100 rows', ru: '100 строк' } }] })
    expect(drillMarkdown(report, WORDS.ru)).toContain('| Остановить: 100 строк |')
    expect(drillMarkdown(report, WORDS.en)).toContain('| Stop it: 100 rows |')
  })

  it('says what happened and what was measured', () => {
    expect(drillMarkdown(drillReport(), WORDS.en)).toMatchInlineSnapshot(`
      "<!-- Written by \`npx create-pg-lab drill\`. Each run makes a page of its own. -->

      # A slave goes away

      The slave is stopped.

      |  |  |
      | --- | --- |
      | Lab | otus |
      | Time | 2026-11-22 18:08:40 UTC |
      | PostgreSQL | 15 |
      |  | \`npx create-pg-lab drill slave-outage --how process\` |

      ## Measured

      | What | Value |
      | --- | --- |
      | Writes were refused for (RTO) | **2.5 s** |
      | Lost (RPO) | **0 of 800** |

      ![Commits and lag over time](2026-11-22T18-08-40-slave-outage.svg)

      ## What happened

      | After |  | Step | Took |
      | --- | --- | --- | --- |
      | 3.0 s | Disaster | Stop it | 1.2 s |
      | 8.0 s | Repair | Start it: 1.2 MB | 1.5 s |

      ## What is to be learned

      - A slot keeps WAL.
      "
    `)
  })

  it('says it in Russian', () => {
    const text = drillMarkdown(drillReport(), WORDS.ru)
    expect(text).toContain('| 3,0 с | Авария | Остановить | 1,2 с |')
    expect(text).toContain('**0 из 800**')
  })

  it('lets no text of the lab mean anything', () => {
    const text = drillMarkdown(drillReport({ lab: HOSTILE }), WORDS.en)
    expect(text).not.toContain('<script>')
    expect(text.split('\n').filter((line) => line.startsWith('| Lab'))).toHaveLength(1)
  })
})

describe("a drill's picture", () => {
  it('is a file of its own, with both bands, in both languages', () => {
    for (const language of ['en', 'ru'] as const) {
      const svg = drillPicture(drillReport().course, WORDS[language])
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" [\s\S]*<style>[\s\S]*<\/svg>\n$/)
      expect(svg.match(/class="band /g)).toHaveLength(3) // the outage in the close-up, too
    }
  })

  it('shows the outage from near, with its length', () => {
    const svg = drillPicture(drillReport().course, WORDS.en)
    expect(svg).toContain('>no write for 2.5 s</text>')
    expect(svg).toContain('commits each 100 ms')
    const { close: _, ...older } = drillReport().course
    expect(drillPicture(older, WORDS.en)).not.toContain('no write for')
  })

  it('leaves out the panel of what was not measured', () => {
    const svg = drillPicture({ ...drillReport().course, lags: [] }, WORDS.en)
    expect(svg).toContain('acknowledged commits a second')
    expect(svg).not.toContain('WAL not replayed yet')
  })

  it('draws what nobody measured as nothing', () => {
    const course = { writes: [], lags: [], outage: undefined, unprotected: undefined }
    expect(drillPicture(course, WORDS.en)).not.toMatch(/NaN|Infinity|class="(band|rule|small)/)
  })
})
