/** The groups of `--help`, in its order. */
export const GROUPS = ['Make', 'Look', 'Operate', 'Break', 'Tidy'] as const

/** What the help of a command says beside its options. */
export interface CommandHelp {
  readonly group: (typeof GROUPS)[number]
  /** One to three: what is typed after `npx create-pg-lab`, and what it does. */
  readonly examples: readonly (readonly [words: string, does: string])[]
  /** Commands that come before or after it, or do what it does not, with commas between. */
  readonly seeAlso: string
}

/** By the command's name; a test holds it against the table of commands. */
export const COMMAND_HELP: Readonly<Record<string, CommandHelp>> = {
  create: {
    group: 'Make',
    examples: [
      ['create my-lab', 'asks at most six questions'],
      ['create my-lab --yes --up', 'asks none, and goes on to the running cluster'],
      ['create my-lab --preset cascade --slaves 3', 'a slave that feeds two others'],
    ],
    seeAlso: 'up, explain, doctor',
  },
  up: {
    group: 'Make',
    examples: [
      ['up', 'again at any time: it brings the lab to what the config says'],
      ['up --install', 'installs what this computer lacks, without asking'],
    ],
    seeAlso: 'plan, verify, halt',
  },
  generate: {
    group: 'Make',
    examples: [
      ['generate', 'writes the files after a change of the config'],
      ['generate --edits', 'what you have edited since'],
    ],
    seeAlso: 'plan, provision, explain',
  },
  provision: {
    group: 'Make',
    examples: [['provision', 'Ansible alone, on machines that run']],
    seeAlso: 'up, generate, verify',
  },
  doctor: {
    group: 'Make',
    examples: [
      ['doctor', 'changes nothing'],
      ['doctor --fix', 'installs what is missing, after a question'],
    ],
    seeAlso: 'up, prune',
  },
  box: {
    group: 'Make',
    examples: [
      ['box build', "a box of the lab's system, from the distribution's own packages"],
      ['box build debian-13 --provider virtualbox', 'without a lab, for others'],
      ['box export boxes --url http://10.0.0.5:8000', 'what a web server can hand on to a class'],
    ],
    seeAlso: 'doctor, up, prune',
  },
  completion: {
    group: 'Make',
    examples: [
      ['completion bash >> ~/.bashrc', 'from the next shell on'],
      ['completion fish > ~/.config/fish/completions/create-pg-lab.fish', 'the same for fish'],
    ],
    seeAlso: 'create, explain',
  },
  plan: {
    group: 'Make',
    examples: [['plan', 'after a change of the config, before up']],
    seeAlso: 'up, generate, explain',
  },
  verify: {
    group: 'Look',
    examples: [
      ['verify', 'all checks'],
      ['verify --only slots,replication', 'two of them'],
      ['verify --restore', 'restores the newest backup as well'],
    ],
    seeAlso: 'status, report, up',
  },
  status: {
    group: 'Look',
    examples: [['status --watch', 'redraws it each second']],
    seeAlso: 'verify, backups, load',
  },
  report: {
    group: 'Look',
    examples: [
      ['report', 'in the language of this terminal'],
      ['report --lang ru --strict', 'in Russian, and only when every finding is as asked'],
    ],
    seeAlso: 'verify, drill, grade',
  },
  grade: {
    group: 'Look',
    examples: [
      ['grade hand-ins/*/ --static --out grades', 'all of them: a table, and a page for each'],
      ['grade . --static', 'your own, before you hand it in'],
      ['grade hand-ins/*/ --out grades', 'their machines as well, one hand-in after the other'],
    ],
    seeAlso: 'report, verify',
  },
  config: {
    group: 'Make',
    examples: [['config', 'every default and choice made visible']],
    seeAlso: 'explain, plan',
  },
  explain: {
    group: 'Make',
    examples: [
      ['explain', 'lists all settings'],
      ['explain slaves[].slot', 'what one does, and the line it lands in'],
      ['explain work_mem', 'one of PostgreSQL'],
    ],
    seeAlso: 'config, plan',
  },
  backups: {
    group: 'Look',
    examples: [
      ['backups', 'the newest first'],
      ['backups keep 20261125T030001', 'no policy deletes it any more; release undoes that'],
      ['backups delete 20261125T030001', 'says first which moments are lost with it'],
    ],
    seeAlso: 'backup, restore',
  },
  logs: {
    group: 'Look',
    examples: [
      ['logs master', "PostgreSQL's last lines"],
      ['logs backup --follow', "Barman's, and what comes"],
    ],
    seeAlso: 'status, ssh',
  },
  psql: {
    group: 'Look',
    examples: [
      ['psql', 'on the primary'],
      ['psql slave -c "SELECT pg_is_in_recovery()"', 'one statement on a slave'],
    ],
    seeAlso: 'ssh, secrets',
  },
  ssh: {
    group: 'Look',
    examples: [
      ['ssh master', 'a shell there'],
      ['ssh backup -- sudo -u barman barman list-servers', 'one command there'],
    ],
    seeAlso: 'psql, logs, barman',
  },
  barman: {
    group: 'Look',
    examples: [
      ['barman check', 'as its user; the name of the server is filled in'],
      ['barman list-backups', 'what Barman itself says of them'],
    ],
    seeAlso: 'backups, ssh',
  },
  secrets: {
    group: 'Look',
    examples: [
      ['secrets', 'who has a password'],
      ['secrets show replica', 'one of them'],
    ],
    seeAlso: 'rotate, psql',
  },
  switchover: {
    group: 'Operate',
    examples: [
      ['switchover slave --dry-run', 'what it would do'],
      ['switchover slave', 'makes it the primary'],
    ],
    seeAlso: 'promote, status',
  },
  promote: {
    group: 'Operate',
    examples: [
      ['promote --dry-run', 'which slave it would be, and why'],
      ['promote slave', 'this one'],
    ],
    seeAlso: 'rejoin, switchover',
  },
  rejoin: {
    group: 'Operate',
    examples: [
      ['rejoin master --dry-run', 'what would be given up'],
      ['rejoin master', 'the old primary follows the new one'],
    ],
    seeAlso: 'promote, reinit',
  },
  reinit: {
    group: 'Operate',
    examples: [['reinit slave', 'deletes its data and clones it again']],
    seeAlso: 'rejoin, verify',
  },
  backup: {
    group: 'Operate',
    examples: [['backup', 'with the WAL it needs']],
    seeAlso: 'backups, restore, verify',
  },
  restore: {
    group: 'Operate',
    examples: [
      ['restore --to latest', 'beside the cluster, on the backup host'],
      ['restore --to "2026-11-30 12:00:00" --in-place', 'over the primary, after a question'],
      ['restore --remove', 'deletes what was restored beside it'],
    ],
    seeAlso: 'backups, backup, drill',
  },
  rotate: {
    group: 'Operate',
    examples: [
      ['rotate', 'of all users'],
      ['rotate replica', 'of one'],
    ],
    seeAlso: 'secrets, verify',
  },
  drill: {
    group: 'Break',
    examples: [
      ['drill', 'lists them'],
      ['drill failover', 'breaks it, measures it, and leads it back'],
      ['drill failover --keep', 'you repair it; drill hint helps'],
    ],
    seeAlso: 'promote, restore, report',
  },
  load: {
    group: 'Look',
    examples: [['load --rate 500 --seconds 60', 'watch it beside: status --watch']],
    seeAlso: 'status, drill',
  },
  exam: {
    group: 'Break',
    examples: [
      ['exam --seed 7', 'three faults, sixty minutes'],
      ['exam hint 2', 'the next hint for the second symptom; it costs points'],
      ['exam submit --repair', 'ends it, tells all, and repairs what is left'],
    ],
    seeAlso: 'drill, snapshot, verify',
  },
  snapshot: {
    group: 'Break',
    examples: [
      ['snapshot save before-drill', 'all machines at one moment'],
      ['snapshot restore before-drill', 'what was written since is lost'],
      ['snapshot', 'which there are, and the room they take'],
    ],
    seeAlso: 'drill, backup, destroy',
  },
  halt: {
    group: 'Tidy',
    examples: [['halt', 'nothing is lost']],
    seeAlso: 'up, destroy',
  },
  destroy: {
    group: 'Tidy',
    examples: [['destroy', 'after a question; the config and your files stay']],
    seeAlso: 'halt, prune',
  },
  prune: {
    group: 'Tidy',
    examples: [['prune', 'says what goes, and asks']],
    seeAlso: 'destroy, doctor',
  },
}

/** Examples and neighbours of a command, below its options. */
export function showCommandHelp(name: string): string {
  const help = COMMAND_HELP[name]
  if (!help) return ''
  const lines = help.examples.flatMap(([words, does]) => [`  npx create-pg-lab ${words}`, `      ${does}`])
  return `\nExamples:\n${lines.join('\n')}\n\nSee also: ${help.seeAlso}`
}

/** What other programs call it, or people look for, and the command that does it here. */
export const OTHER_NAMES: Readonly<Record<string, string>> = {
  init: 'create',
  new: 'create',
  start: 'up',
  apply: 'up',
  stop: 'halt',
  down: 'halt',
  rm: 'destroy',
  remove: 'destroy',
  delete: 'destroy',
  ls: 'status',
  ps: 'status',
  list: 'status',
  log: 'logs',
  failover: 'promote',
  check: 'verify',
  test: 'verify',
  diff: 'plan',
  clean: 'prune',
}
