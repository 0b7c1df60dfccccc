import { expect, test } from 'vitest'
import { junit } from '../../src/report/junit.ts'
import { FAILED, finding, HOSTILE } from './sample.ts'

test('a suite a check, a case a finding', () => {
  const checks = [{ id: 'slots', title: 'Slots', findings: [finding(), { ...FAILED, output: '(0 rows)' }] }]
  expect(junit(checks)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="create-pg-lab verify" tests="2" failures="1">
<testsuite name="slots" tests="2" failures="1">
<properties><property name="title" value="Slots"/></properties>
<testcase classname="slots.master" name="slot slave_slot of slave"></testcase>
<testcase classname="slots.master" name="slot barman of backup"><failure message="expected physical, active, observed missing" type="slots">On backup: sudo -u barman barman cron

(0 rows)</failure></testcase>
</testsuite>
</testsuites>
`)
})

test('whatever a server prints, it is XML', () => {
  const evil = `${HOSTILE}\u0000\u001b[31m\ud800\uffff`
  const text = junit([
    {
      id: 'slots',
      title: evil,
      findings: [finding({ what: evil, observed: evil, hint: evil, output: evil, ok: false })],
    },
  ])
  expect(text).not.toMatch(/<script|]]>/)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(text).not.toMatch(/[\u0000-\u0008\u001b\ud800\uffff]/)
})
