import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { LAB_FILES } from '../lab-files.ts'
import type { Words } from '../words/index.ts'
import { drillMarkdown } from './drill-markdown.ts'
import { type DrillReport, drillFile } from './drill-report.ts'
import { html } from './html.ts'
import { markdown } from './markdown.ts'
import type { Report } from './report.ts'
import { reportData } from './report-data.ts'
import { drillPicture } from './svg-course.ts'

/** Beside the text, which links to it. */
const PAGE = basename(LAB_FILES.reportPage.path)

/**
 * Writes `report/`: README.md, index.html, report.json and files/, and the pages of the drills again, in the language
 * of the report. Everything is made before the first file is touched; what an earlier report copied is gone, whatever
 * else lies there stays.
 */
export function writeReport(directory: string, report: Report, words: Words): void {
  const files = [
    [LAB_FILES.reportText.path, markdown(report, words, PAGE)],
    [LAB_FILES.reportPage.path, html(report, words)],
    [LAB_FILES.reportData.path, `${JSON.stringify(reportData(report), null, 2)}\n`],
    ...report.drills.flatMap((drill) => drillPages(drill, words)),
    ...report.files.map(({ path, text }) => [`${LAB_FILES.report.path}/${path}`, text] as const),
  ] as const
  rmSync(join(directory, LAB_FILES.reportFiles.path), { recursive: true, force: true })
  writeFiles(directory, files)
}

/** A drill that has ended: its page, its picture, and what both are made of. @returns the path of its page */
export function writeDrill(directory: string, drill: DrillReport, words: Words): string {
  const pages = drillPages(drill, words)
  writeFiles(directory, [[drillPath(drill, 'json'), `${JSON.stringify(drill)}\n`], ...pages])
  return drillPath(drill, 'md')
}

/** The drills that were run in this lab, the newest first; a file nobody can read is left out. */
export function readDrills(directory: string): readonly DrillReport[] {
  const folder = join(directory, LAB_FILES.drills.path)
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return names
    .sort()
    .reverse()
    .flatMap((name) => {
      try {
        const drill = JSON.parse(readFileSync(join(folder, name), 'utf8')) as DrillReport
        return `${drillFile(drill)}.json` === name ? [drill] : [] // its page is written again, to nowhere else
      } catch {
        return []
      }
    })
}

function drillPages(drill: DrillReport, words: Words): readonly (readonly [path: string, text: string])[] {
  return [
    [drillPath(drill, 'svg'), drillPicture(drill.course, words)],
    [drillPath(drill, 'md'), drillMarkdown(drill, words)],
  ]
}

function drillPath(drill: DrillReport, extension: string): string {
  return `${LAB_FILES.drills.path}/${drillFile(drill)}.${extension}`
}

function writeFiles(directory: string, files: readonly (readonly [path: string, text: string])[]): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
}

/** An earlier report lies there. */
export function hasReport(directory: string): boolean {
  return existsSync(join(directory, LAB_FILES.reportPage.path))
}
