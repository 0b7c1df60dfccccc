/** The folder of a lab in which all is kept that no one writes by hand. */
export const OWN_FOLDER = '.pg-lab'

interface LabFile {
  /** Seen from the lab's folder. */
  readonly path: string
  /** What is in it, and why it is kept. In docs/files.md the same; a test compares them. */
  readonly why: string
}

function own(name: string, why: string): LabFile {
  return { path: `${OWN_FOLDER}/${name}`, why }
}

/** Every file and folder that pg-lab keeps in a lab, beside the files that are made from the config. */
export const LAB_FILES = {
  base: own(
    'base',
    'The generated files as they were written last: what your edits are compared with. Goes into git.',
  ),
  write: own('write', 'A write under way: new files and the journal, so that the next run ends it.'),
  conflicts: own('conflicts', 'Files with both versions marked, where both sides changed the same lines.'),
  replaced: own('replaced', 'Your lines that `--take-generated` replaced.'),
  ignored: own('.gitignore', 'Keeps all but `base` and itself out of git.'),
  lock: own('lock', 'Who is changing the lab now: one command at a time.'),
  logs: own('logs', 'What the tools printed, of the last 20 runs. `prune` deletes them.'),
  secrets: own('secrets', 'Passwords, one file a user. Delete a file and run `up`, and there is a new one.'),
  formerSecrets: own('secrets.old', 'Passwords in force before a `rotate` that has not ended.'),
  tls: own('tls', "The lab's own authority, and a certificate for each server."),
  services: own(
    'pg_service.conf',
    'The servers by name, for psql and all that is built on libpq: `PGSERVICEFILE=.pg-lab/pg_service.conf psql service=master`.',
  ),
  passwords: own('pgpass', "The password of the demo database's owner, where those clients look for it."),
  sshConfig: own('ssh_config', 'How ssh reaches the machines. Ansible, the checks and `ssh` go by it.'),
  knownHosts: own('known_hosts', "The machines' host keys, each as it was at the first meeting."),
  drill: own('drill', 'A drill that has not ended: what `drill repair` needs, and its page.'),
  snapshots: own(
    'snapshots',
    'Snapshots of the lab: how its machines were made, and the passwords, keys and certificates of that moment.',
  ),
  goneVagrantfile: own('Vagrantfile.gone', 'Lets Vagrant delete machines that the config no longer has.'),
  cache: own('cache', 'The config as it was translated last, so that it loads faster.'),
  report: { path: 'report', why: 'What `report` and `drill` wrote; the rest of this table is in it.' },
  reportText: { path: 'report/README.md', why: 'The report, to hand in.' },
  reportPage: { path: 'report/index.html', why: 'The same to look at, in a browser.' },
  reportData: {
    path: 'report/report.json',
    why: 'The same for programs; its schema comes with the package.',
  },
  reportFiles: {
    path: 'report/files',
    why: 'The configuration of the servers as the report found it, without secrets.',
  },
  drills: { path: 'report/drills', why: 'A page, a picture and the figures of each drill.' },
} as const satisfies Record<string, LabFile>

/** All of them, and the folder most are in: what is written there must not be written elsewhere, through a link. */
export const OWN_PLACES: readonly string[] = [OWN_FOLDER, ...Object.values(LAB_FILES).map(({ path }) => path)]
