import { describe, expect, it } from 'vitest'
import { drillMarkdown } from '../../src/report/drill-markdown.ts'
import { drillPicture } from '../../src/report/svg-course.ts'
import { drillReport, HOSTILE } from './sample.ts'

describe("a drill's page", () => {
  it('tells what came of a step in its own language', () => {
    const [step] = drillReport().steps
    if (!step) throw new Error('the sample has a step')
    const report = drillReport({ steps: [{ ...step, result: { en: '100 rows', ru: '100 строк' } }] })
    expect(drillMarkdown(report, 'ru', 'x.svg')).toContain('| Остановить: 100 строк |')
    expect(drillMarkdown(report, 'en', 'x.svg')).toContain('| Stop it: 100 rows |')
  })

  it('says what happened and what was measured', () => {
    expect(drillMarkdown(drillReport(), 'en', 'x.svg')).toMatchInlineSnapshot(`
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

      ![Writes a second and lag, over time](x.svg)

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
    const text = drillMarkdown(drillReport(), 'ru', 'x.svg')
    expect(text).toContain('| 3.0 s | Авария | Остановить | 1.2 s |')
    expect(text).toContain('**0 из 800**')
  })

  it('lets no text of the lab mean anything', () => {
    const text = drillMarkdown(drillReport({ lab: HOSTILE }), 'en', 'x.svg')
    expect(text).not.toContain('<script>')
    expect(text.split('\n').filter((line) => line.startsWith('| Lab'))).toHaveLength(1)
  })
})

describe("a drill's picture", () => {
  it('is a file of its own, with both bands, in both languages', () => {
    for (const language of ['en', 'ru'] as const) {
      const svg = drillPicture(drillReport().course, language)
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" [\s\S]*<style>[\s\S]*<\/svg>\n$/)
      expect(svg.match(/class="band /g)).toHaveLength(2)
    }
  })

  it('draws what nobody measured as nothing', () => {
    const course = { writes: [], lags: [], outage: undefined, unprotected: undefined }
    expect(drillPicture(course, 'en')).not.toMatch(/NaN|Infinity|class="band/)
  })
})
