import { afterAll, expect, it } from 'vitest'
import { makeBare } from './servers.ts'
import { failures, TestLab } from './support.ts'

const lab = TestLab.create(
  'warm',
  `export default { name: 'warm', provider: 'docker', network: { subnet: '10.97.45.0/24' }, slaves: [] }\n`,
)

afterAll(() => lab.remove())

/** What is on a machine, one line each, without what is each machine's own: keys, passwords, its address and dates. */
const STATE = `
  dpkg-query --show --showformat 'package \${Package} \${Version} \${db:Status-Abbrev}\\n'
  cut -d: -f1,6,7 /etc/passwd | sort | sed 's/^/user /'
  awk -F: '{ print "group", $1, $4 }' /etc/group | sort
  systemctl list-unit-files --state=enabled,masked --no-legend --plain | awk '{ print "unit", $1, $2 }'
  systemctl list-units --type=service --state=running --no-legend --plain | awk '{ print "runs", $1 }'
  find /etc /var/lib/postgresql /var/lib/barman -xdev \\( -path '*/base' -o -path '*/pg_wal' -o -path '*/master' -o -path '*/main' \\) -prune \\
    -o -type f ! -name '*.lock' -printf '%M %u %g %p\\n' | sort -k4 | sed 's/^/file /'
  find /etc -xdev -type f ! -name '*-' ! -path '/etc/ssh/*key*' ! -path '/etc/ssl/*' ! -path '/etc/pg-lab/*' ! -path /etc/hosts ! -name machine-id \\
    ! -name passwd ! -name group ! -name 'shadow' ! -name gshadow ! -name ld.so.cache ! -path '/etc/alternatives/*' \\
    -exec sha256sum {} + | awk '{ print "content", $2, $1 }' | sort
  find /etc -xdev -type l ! -lname '*snakeoil*' -printf 'link %p %l\\n' | sort` // made by a package for itself; no server of a lab uses it

function stateOf(node: string): readonly string[] {
  return lab.ask(node, '', STATE).trim().split('\n')
}

it('ends in the same state from an image that has the packages as from one that has none', () => {
  const states = () => Object.fromEntries(['master', 'backup'].map((node) => [node, stateOf(node)]))
  lab.must('up')
  const warm = states()
  expect(warm.backup?.length).toBeGreaterThan(300)
  lab.must('destroy', '--yes')
  makeBare(lab)
  lab.must('up')
  expect(lab.ssh('master', 'test', '-e', '/usr/local/lib/pg-lab/packages.sh').status).toBe(1)
  expect(failures(lab.verify().failed)).toEqual([])
  expect(states()).toEqual(warm)
})
