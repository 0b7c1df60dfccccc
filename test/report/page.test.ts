import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
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

const PHONE = { width: 360, height: 740 }

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
  const page = await browser.newPage({
    viewport: options.phone ? PHONE : { width: 1000, height: 800 },
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
