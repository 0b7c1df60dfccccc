import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { LAB_FILES } from '../lab-files.ts'
import type { Words } from '../words/index.ts'
import { html } from './html.ts'
import { markdown } from './markdown.ts'
import type { Report } from './report.ts'

/** Beside the text, which links to it. */
const PAGE = basename(LAB_FILES.reportPage.path)

/**
 * Writes `report/`: README.md, index.html and files/. Everything is made before the first file is touched; what an
 * earlier report copied is gone, whatever else lies there stays.
 */
export function writeReport(directory: string, report: Report, words: Words): void {
  const files = [
    [LAB_FILES.reportText.path, markdown(report, words, PAGE)],
    [LAB_FILES.reportPage.path, html(report, words)],
    ...report.files.map(({ path, text }) => [`${LAB_FILES.report.path}/${path}`, text] as const),
  ] as const
  rmSync(join(directory, LAB_FILES.reportFiles.path), { recursive: true, force: true })
  for (const [path, text] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
}

/** An earlier report lies there. */
export function hasReport(directory: string): boolean {
  return existsSync(join(directory, LAB_FILES.reportPage.path))
}
