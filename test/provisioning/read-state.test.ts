import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

interface Task {
  readonly name: string
  readonly 'ansible.builtin.command'?: { readonly argv: string; readonly stdin?: string }
  readonly failed_when?: string | boolean
}

test('a server that may be down is asked without writing to psql, which is gone by then', () => {
  const tasks = parse(
    readFileSync('provisioning/roles/postgres/tasks/read-state.yml', 'utf8'),
  ) as readonly Task[]
  const ask = tasks.find(({ name }) => name === 'Ask the server how it is')
  expect(ask?.failed_when).toContain('[0, 2]')
  expect(ask?.['ansible.builtin.command']?.argv).toMatch(
    /'data-place\.sh'\) ~ '; shift 2; exec "\$@"'.* \+ postgres_psql \+ \['-c', /s,
  )
  expect(ask?.['ansible.builtin.command']?.stdin).toBeUndefined()
})
