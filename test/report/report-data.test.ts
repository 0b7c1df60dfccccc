import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { reportData } from '../../src/report/report-data.ts'
import { faults, type Schema } from '../support/json-schema.ts'
import { hostileReport, sampleReport } from './sample.ts'

const SCHEMA = JSON.parse(readFileSync('schemas/report.schema.json', 'utf8')) as Schema

const written = (data: object): unknown => JSON.parse(JSON.stringify(data))

describe('report.json', () => {
  it.each([
    ['a good report', sampleReport],
    ['one of a lab that is down', () => sampleReport({ load: undefined }, { master: 'down', slave: 'down' })],
    ['hostile words', hostileReport],
  ])('is as its schema says: %s', async (_name, make) => {
    expect(faults(written(reportData(await make())), SCHEMA)).toEqual([])
  })

  it('has names in camelCase, and the hash of each copied file', async () => {
    const data = written(reportData(await sampleReport())) as { files: { sha256: string }[] }
    const keys = JSON.stringify(data).match(/"[A-Za-z_]+":/g) ?? []
    expect(keys.filter((key) => key.includes('_'))).toEqual([])
    expect(data.files[0]?.sha256).toMatch(/^[0-9a-f]{64}$/)
  })
})
