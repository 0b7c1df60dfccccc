import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

/*
 * Takes the pictures of docs/example-report: its page on a desktop, a drill on a phone, in the dark and on paper.
 * Run it from the repository: npx jiti scripts/photograph-report.ts
 */

const FOLDER = 'docs/example-report'
const PICTURES = [
  { name: 'page', width: 1280, height: 1500, at: 'header', media: 'screen', colorScheme: 'light' },
  { name: 'phone', width: 390, height: 1500, at: '#drills', media: 'screen', colorScheme: 'light' },
  { name: 'dark', width: 1280, height: 1200, at: '#drills', media: 'screen', colorScheme: 'dark' },
  { name: 'paper', width: 700, height: 990, at: '#host-0', media: 'print', colorScheme: 'light' },
] as const

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
)
if (executablePath === undefined) throw new Error('This needs Chromium: apt-get install chromium')
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] }) // root has no sandbox
for (const { name, width, height, at, media, colorScheme } of PICTURES) {
  const page = await browser.newPage({ viewport: { width, height } })
  await page.goto(pathToFileURL(resolve(FOLDER, 'en/index.html')).href)
  await page.emulateMedia({ media, colorScheme })
  const y = (await page.locator(at).boundingBox())?.y ?? 0
  await page.screenshot({ path: `${FOLDER}/${name}.png`, fullPage: true, clip: { x: 0, y, width, height } })
  await page.close()
}
await browser.close()
