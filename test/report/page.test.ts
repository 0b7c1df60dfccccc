import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { html } from '../../src/report/html.ts'
import type { Report } from '../../src/report/report.ts'
import { WORDS } from '../../src/words/index.ts'
import { folderWith } from '../tools/helpers.ts'
import { FAILED, finding, hostileReport, sampleReport } from './sample.ts'

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) =>
  (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)),
)
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const PHONE = { width: 390, height: 844 }
const DESKTOP = { width: 1280, height: 900 }

let browser: Browser

beforeAll(async () => {
  const executablePath = CHROMIUM.find((file) => existsSync(file))
  if (executablePath === undefined) throw new Error('These tests need Chromium: apt-get install chromium')
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] }) // root has no sandbox
})

afterAll(async () => {
  await browser?.close()
})

interface Opened {
  readonly page: Page
  readonly requests: readonly string[]
  readonly complaints: readonly string[]
}

async function open(
  report: Report,
  options: { readonly phone?: boolean; readonly language?: 'en' | 'ru' } = {},
): Promise<Opened> {
  const file = join(folderWith(), 'index.html')
  writeFileSync(file, html(report, WORDS[options.language ?? 'en']))
  return openFile(file, options.phone ? PHONE : DESKTOP)
}

async function openFile(file: string, viewport: typeof PHONE): Promise<Opened> {
  const page = await browser.newPage({
    viewport,
    bypassCSP: true, // for axe, which is a script
  })
  const requests: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  page.on('console', (message) => complaints.push(message.text()))
  page.on('dialog', (dialog) => void dialog.dismiss().then(() => complaints.push('a dialog')))
  await page.goto(pathToFileURL(file).href)
  return { page, requests, complaints }
}

async function unfold(page: Page): Promise<void> {
  await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE)
  const results = (await page.evaluate('axe.run()')) as AxeResults
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`))
}

const failing = () =>
  sampleReport(
    { checks: [{ id: 'slots', title: 'Slots', findings: [finding(), FAILED] }] },
    { slave: 'down' },
  )

describe('in Chromium', { timeout: 30_000 }, () => {
  it.each(['en', 'ru'])(
    'the example that was really made passes the accessibility check (%s)',
    async (language) => {
      const { page } = await openFile(resolve('docs/example-report', language, 'index.html'), DESKTOP)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await unfold(page)
        expect(await violations(page)).toEqual([])
      }
      await page.close()
    },
  )

  it.each([
    ['a good report', sampleReport],
    ['a failing one', failing],
    ['hostile words', hostileReport],
  ])('%s passes the accessibility check, light and dark, folded and unfolded', async (_name, make) => {
    const { page, complaints } = await open(await make())
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await violations(page)).toEqual([])
      await unfold(page)
      expect(await violations(page)).toEqual([])
    }
    expect(complaints).toEqual([])
    await page.close()
  })

  it('asks for nothing from the network', async () => {
    const { page, requests } = await open(await sampleReport())
    expect(requests).toHaveLength(1)
    await page.close()
  })

  it('is dark where the computer is', async () => {
    const { page } = await open(await sampleReport())
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(await background()).toBe('rgb(255, 255, 255)')
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await background()).toBe('rgb(13, 17, 23)')
    await page.close()
  })

  it.each([
    ['en', sampleReport],
    ['ru', failing],
    ['en', hostileReport],
  ] as const)('is not wider than a phone (%s)', async (language, make) => {
    const { page } = await open(await make(), { phone: true, language })
    await unfold(page)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width)
    await page.close()
  })

  it.each(['en', 'ru'] as const)('cuts no plot on a phone (%s)', async (language) => {
    const { page } = await open(await sampleReport(), { phone: true, language })
    const cut = `[...document.querySelectorAll('svg.topology, svg.plot, svg.plot text')].filter((one) => {
      const { left, right } = one.getBoundingClientRect()
      return left < 0 || right > innerWidth }).map((one) => one.textContent)`
    expect(await page.evaluate(cut)).toEqual([])
    const tiny = `[...document.querySelectorAll('svg.plot .small')].filter((one) => one.getBoundingClientRect().height < 10)`
    expect(await page.evaluate(`${tiny}.length`)).toBe(0)
    await page.close()
  })

  it('shows a whole command, and the widest usual answer, on a desktop', async () => {
    const command = `sudo -u postgres psql -c "SELECT ${'a_long_column_name, '.repeat(12)}1"`
    const answer =
      ' barman_receive_wal | barman_streaming | 192.168.100.152 | streaming | potential | 0/B0000E8 | 0/B0000E8'
    const report = await sampleReport()
    const [section] = report.sections
    const [step] = section?.steps ?? []
    if (!section || !step) throw new Error('the sample has a step')
    const sections = [{ ...section, steps: [{ ...step, command, output: answer }] }]
    const { page } = await open({ ...report, sections })
    const overflow = `[...document.querySelectorAll('#host-0 pre')].map((one) => one.scrollWidth - one.clientWidth)`
    expect(await page.evaluate(overflow)).toEqual([0])
    await page.close()
  })

  it('does not blow up a topology of two hosts', async () => {
    const report = await sampleReport()
    const nodes = report.survey.nodes.slice(0, 2)
    const { page } = await open({ ...report, survey: { ...report.survey, nodes } })
    const box = await page.locator('svg.topology').boundingBox()
    expect(box?.width).toBeLessThan(240)
    await page.close()
  })

  it.each(['light', 'dark'] as const)('has everything on paper, in dark ink (%s)', async (colorScheme) => {
    const checks = [{ id: 'slots', title: 'Slots', findings: [finding()] }]
    const { page } = await open(await sampleReport({ checks }))
    await page.emulateMedia({ media: 'print', colorScheme })
    await page.setViewportSize({ width: 700, height: 1000 })
    const hidden = `[...document.querySelectorAll('pre, .findings li, svg.plot')].filter((one) =>
      !one.checkVisibility({ contentVisibilityAuto: true }) || one.getBoundingClientRect().height === 0).length`
    expect(await page.evaluate(hidden)).toBe(0)
    const cut = `[...document.querySelectorAll('pre, .scroll')].filter((one) => one.scrollWidth > one.clientWidth + 1).length`
    expect(await page.evaluate(cut)).toBe(0)
    expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(27, 31, 36)')
    expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-')
    await page.close()
  })

  it('makes pictures that have something in them, of each size and colour', async () => {
    const { page } = await open(await sampleReport())
    for (const [width, colorScheme, media] of [
      [1280, 'light', 'screen'],
      [1280, 'dark', 'screen'],
      [390, 'light', 'screen'],
      [700, 'light', 'print'],
    ] as const) {
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme, media })
      const picture = await page.screenshot({ fullPage: true })
      expect(picture.readUInt32BE(16)).toBe(width) // the width in the head of a PNG
      expect(picture.length).toBeGreaterThan(40_000)
    }
    await page.close()
  })

  it('draws every host and every line of lag', async () => {
    const { page } = await open(await sampleReport())
    expect(await page.locator('svg.topology .host').count()).toBe(3)
    expect(await page.locator('svg.topology').getAttribute('role')).toBe('img')
    expect(await page.locator('#lag svg.plot .line').count()).toBe(1)
    expect(await page.locator('#drills svg.plot .line').count()).toBe(3) // writes, twice, and the lag of one standby
    expect(await page.locator('#drills svg.plot .band').count()).toBe(3)
    await page.close()
  })

  it.each(['en', 'ru'] as const)(
    'keeps the words of the picture inside their boxes (%s)',
    async (language) => {
      const { page } = await open(await sampleReport(), { language })
      const overflow = `[...document.querySelectorAll('.host')].flatMap((host) => {
      const box = host.querySelector('rect').getBoundingClientRect()
      return [...host.querySelectorAll('text')].filter((text) => text.getBoundingClientRect().right > box.right)
        .map((text) => text.textContent) })`
      expect(await page.evaluate(overflow)).toEqual([])
      await page.close()
    },
  )

  it('shows evidence at once; checks unfold by keyboard', async () => {
    const { page } = await open(await sampleReport())
    expect(await page.getByText('slot_name | active').isVisible()).toBe(true)
    const finding = page.locator('#checks .findings li').first()
    expect(await finding.isVisible()).toBe(false)
    await page.locator('#checks summary').first().focus()
    await page.keyboard.press('Enter')
    expect(await finding.isVisible()).toBe(true)
    await page.close()
  })
})
