import { describe, expect, it } from 'vitest'
import { html } from '../../src/report/html.ts'
import { WORDS } from '../../src/words/index.ts'
import { FAILED, finding, hostileReport, sampleReport } from './sample.ts'

describe('the page', () => {
  it('needs nothing but itself', async () => {
    const page = html(await sampleReport(), WORDS.en)
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:\/\//)
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
  })

  it('says its language', async () => {
    const page = html(await sampleReport(), WORDS.ru)
    expect(page).toContain('<html lang="ru">')
    expect(page).toContain('Отставание под нагрузкой')
  })

  it('folds what is well, and opens what failed', async () => {
    const well = html(await sampleReport(), WORDS.en)
    expect(well.match(/<details open>/g)).toHaveLength(1) // the evidence is never folded
    const checks = [{ id: 'slots', title: 'Slots', findings: [finding(), FAILED] }]
    const page = html(await sampleReport({ checks }), WORDS.en)
    expect(page.match(/<details open>/g)).toHaveLength(2) // the check, and the command it speaks of
    const [, list = ''] = page.split('<section id="checks"')
    expect(list.indexOf('slot barman of backup')).toBeLessThan(list.indexOf('slot slave_slot of slave'))
  })

  it('lets no value become markup', async () => {
    const page = html(await hostileReport(), WORDS.en)
    expect(page).not.toContain('<script')
    expect(page).not.toContain('"q"')
    const tags = new Set([...page.matchAll(/<([a-z]+\d?)/g)].map(([, name]) => name))
    const known = new Set(
      [...html(await sampleReport(), WORDS.en).matchAll(/<([a-z]+\d?)/g)].map(([, name]) => name),
    )
    expect([...tags].filter((name) => !known.has(name))).toEqual(['code'].filter((name) => !known.has(name)))
  })

  it('has no plot where nobody streamed', async () => {
    const load = { rate: 1, seconds: 1, transactions: 1, samples: [{ atMs: 0, lags: {} }] }
    const page = html(await sampleReport({ load }), WORDS.en)
    expect(page).toContain('there was no lag to measure')
    expect(page).not.toContain('class="plot"')
  })
})
