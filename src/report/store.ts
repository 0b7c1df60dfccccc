import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Words } from '../words/index.ts'
import { html } from './html.ts'
import { markdown } from './markdown.ts'
import type { Report } from './report.ts'

export const REPORT_FOLDER = 'report'
const PAGE = 'index.html'

/**
 * Writes `report/`: README.md, index.html and files/. Everything is made before the first file is touched; what an
 * earlier report copied is gone, whatever else lies there stays.
 */
export function writeReport(directory: string, report: Report, words: Words): void {
  const folder = join(directory, REPORT_FOLDER)
  const files = [
    ['README.md', markdown(report, words, PAGE)],
    [PAGE, html(report, words)],
    ...report.files.map(({ path, text }) => [path, text] as const),
  ] as const
  rmSync(join(folder, 'files'), { recursive: true, force: true })
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** An earlier report lies there. */
export function hasReport(directory: string): boolean {
  return existsSync(join(directory, REPORT_FOLDER, PAGE))
}
