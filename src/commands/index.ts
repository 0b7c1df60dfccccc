import { DEFAULT_OS, OS_NAMES, VAGRANT_PROVIDERS } from '../catalog/names.ts'
import { CONFIG_FORMATS } from '../create/answers.ts'
import { PRESET_NAMES } from '../create/presets.ts'
import { LANGUAGES } from '../words/languages.ts'
import { InvalidArgumentError } from './shared/command-line.ts'
import { type Verb, verb } from './shared/verb.ts'

function wholeNumber(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number.')
}

/** Every command, in the order of `--help`. To add one: write its file, list it here. */
export const VERBS: readonly Verb[] = [
  verb({
    name: 'create',
    summary: 'make a new lab; asks what no option says',
    changesLab: true,
    declare: (command) =>
      command
        .argument('[dir]', 'the folder of the lab; it must be empty or new')
        .addOption(
          command.createOption('--preset <name>', 'the lab to begin with (homework)').choices(PRESET_NAMES),
        )
        .option('--name <name>', 'name of the lab (that of the folder)')
        .addOption(
          command
            .createOption('--provider <name>', 'what the machines run on (what is found here)')
            .choices(['auto', ...VAGRANT_PROVIDERS] as const),
        )
        .addOption(command.createOption('--os <name>', `their system (${DEFAULT_OS})`).choices(OS_NAMES))
        .option('--postgres <major>', "version of PostgreSQL (the system's own)", wholeNumber)
        .option('--slaves <number>', "how many (the preset's)", wholeNumber)
        .addOption(
          command.createOption('--language <code>', 'of the README (of this terminal)').choices(LANGUAGES),
        )
        .addOption(
          command
            .createOption('--format <format>', 'of the config')
            .choices(CONFIG_FORMATS)
            .default('ts' as const),
        )
        .option('--force', 'also in a folder that is not empty; no file there is overwritten')
        .option('--yes', 'ask nothing, take the defaults')
        .option('--up', 'bring the lab up as well'),
    load: async () => (await import('./create.ts')).create,
  }),
  verb({
    name: 'plan',
    summary: 'say what `up` would do, and do nothing',
    changesLab: false,
    declare: (command) =>
      command
        .option('--json', 'print the plan for machines')
        .option('--take-over <lab>', 'as if the lab might have what is on existing servers'),
    load: async () => (await import('./plan.ts')).plan,
  }),
  verb({
    name: 'up',
    summary: 'bring the lab up, provision it and verify it',
    changesLab: true,
    declare: (command) =>
      command
        .option('--install', 'install what this computer lacks, without asking')
        .option('--yes', 'delete standbys the config no longer has or moves, without asking')
        .option('--delete <machines>', 'delete these, with what only they hold; separated by commas')
        .option('--take-over <lab>', 'let the lab have what is on existing servers; name it')
        .option('--fresh', "build docker's images again, with today's packages, for machines to come")
        .addOption(
          command
            .createOption('--provider <name>', 'what the machines run on')
            .choices(['auto', ...VAGRANT_PROVIDERS] as const),
        ),
    load: async () => (await import('./up.ts')).up,
  }),
  verb({
    name: 'verify',
    summary: 'prove that the servers are what the config asks for',
    changesLab: false,
    declare: (command) =>
      command
        .option('--json', 'print the findings for machines')
        .option('--junit <file>', 'write them for CI as well')
        .option('--only <checks>', 'only these checks, separated by commas')
        .option('--list', 'print the checks there are')
        .option('--restore', 'also restore the newest backup beside Barman, compare it, and remove it'),
    load: async () => (await import('./verify.ts')).verify,
  }),
  verb({
    name: 'status',
    summary: 'see who streams from whom, and how far behind',
    changesLab: false,
    declare: (command) =>
      command
        .option('--watch', 'look again each second, until q or Ctrl-C')
        .option('--json', 'print it for machines'),
    load: async () => (await import('./status/index.ts')).status,
  }),
  verb({
    name: 'report',
    summary: 'write the evidence to report/, to hand in',
    changesLab: ({ readOnly }) => !readOnly, // it takes a backup and writes rows
    declare: (command) =>
      command
        .addOption(
          command.createOption('--lang <code>', 'of the report (of this terminal)').choices(LANGUAGES),
        )
        .option('--strict', 'write it only when every finding is as asked')
        .option('--read-only', 'take no backup, write no row, put no load on the primary')
        .option('--restore', 'also restore the newest backup beside Barman, and compare it')
        .option('--author <name>', 'who hands it in, for its head')
        .option('--group <name>', 'group or course')
        .option('--task <name>', 'what it is handed in for'),
    load: async () => (await import('./report/index.ts')).report,
  }),
  verb({
    name: 'grade',
    summary: 'grade hand-ins of any origin, with a page for each',
    changesLab: false,
    declare: (command) =>
      command
        .argument('<folder...>', 'of each hand-in')
        .option('--static', 'read their files, and run nothing of them')
        .option('--rubric <file>', 'what is asked, for how many points, in whose words (YAML)')
        .option('--out <folder>', 'write a page, a table (CSV) and the data there')
        .option('--json', 'print them for machines'),
    load: async () => (await import('./grade.ts')).grade,
  }),
  verb({
    name: 'load',
    summary: 'put a load on the primary for a while, so that lag shows',
    changesLab: false,
    declare: (command) =>
      command
        .option('--rate <number>', 'transactions a second (200)', wholeNumber)
        .option('--seconds <number>', 'how long (30)', wholeNumber),
    load: async () => (await import('./load.ts')).load,
  }),
  verb({
    name: 'drill',
    summary: 'rehearse a bad day; without a name, list them',
    changesLab: true,
    declare: (command) =>
      command
        .argument('[name]', 'of the drill; or hint, check, repair, results')
        .option('--how <way>', 'how it happens, or is repaired')
        .addOption(
          command
            .createOption('--in-place', 'pitr: over the primary, short for --how in-place')
            .conflicts('how'),
        )
        .option('--json', 'of results and check: print them for machines')
        .option('--keep', 'stop after the disaster, to repair it by hand')
        .option('--all', 'hint: all of them, to be read again')
        .option('--on <lab>', 'name of the lab; its servers were there before it')
        .addOption(
          command.createOption('--lang <code>', 'of the words (of this terminal)').choices(LANGUAGES),
        ),
    load: async () => (await import('./drill/index.ts')).drill,
  }),
  verb({
    name: 'exam',
    summary: 'find and repair hidden faults, for points',
    changesLab: (_options, verb) => verb === undefined,
    declare: (command) =>
      command
        .addArgument(
          command
            .createArgument('[verb]', 'what the users say, a hint, or hand it in; else begin one')
            .choices(['status', 'hint', 'submit'] as const),
        )
        .argument('[symptom]', 'hint: its number')
        .option('--seed <number>', 'which exam: the same on every computer')
        .option('--faults <number>', 'how many (3)')
        .option('--minutes <number>', 'how long it lasts (60)')
        .option('--repair', 'submit: then repair what is left, by the known remedies')
        .option('--json', 'print it for machines')
        .addOption(
          command.createOption('--lang <code>', 'of the words (of this terminal)').choices(LANGUAGES),
        ),
    load: async () => (await import('./exam/index.ts')).exam,
  }),
  verb({
    name: 'backup',
    summary: 'take a base backup',
    changesLab: true,
    declare: (command) =>
      command.option('--incremental', 'only what has changed since the newest full one (backup.incremental)'),
    load: async () => (await import('./backup.ts')).backup,
  }),
  verb({
    name: 'backups',
    summary: 'list the base backups there are; keep or delete one',
    changesLab: (_options, verb) => verb !== undefined,
    declare: (command) =>
      command
        .addArgument(
          command
            .createArgument('[verb]', 'keep it for good, let the policy decide again, or delete it')
            .choices(['keep', 'release', 'delete'] as const),
        )
        .argument('[id]', 'which one')
        .option('--json', 'print them for machines')
        .option('--yes', 'delete: do not ask'),
    load: async () => (await import('./backups.ts')).backups,
  }),
  verb({
    name: 'restore',
    summary: 'bring back what was there at a moment, beside the cluster or over it',
    changesLab: ({ dryRun }) => !dryRun,
    declare: (command) =>
      command
        .option('--to <moment>', 'a time, an LSN, the name of a restore point, or latest')
        .option('--timeline <number>', 'which one, where the moment is on several', wholeNumber)
        .option('--at <host>', 'where (the backup host)')
        .option('--in-place', 'over the primary: what was written after the moment is lost')
        .option('--over <server>', 'with --in-place where no primary answers: over which server')
        .option(
          '--on <server>',
          'onto the primary, straight from Barman over SSH: what was written after is lost',
        )
        .option('--dry-run', 'say what would be done, and do nothing')
        .option('--yes', 'do not ask')
        .option('--remove', 'delete the server that was restored beside the cluster'),
    load: async () => (await import('./restore.ts')).restore,
  }),
  verb({
    name: 'snapshot',
    summary: 'keep the whole lab as it is, and come back to it',
    changesLab: (_options, verb) => verb !== 'list',
    declare: (command) =>
      command
        .addArgument(
          command
            .createArgument('[verb]', 'keep it, list what is kept, come back, or delete one')
            .choices(['save', 'list', 'restore', 'rm'] as const)
            .default('list' as const),
        )
        .argument('[name]', 'of the snapshot')
        .option('--yes', 'restore, rm: do not ask'),
    load: async () => (await import('./snapshot.ts')).snapshot,
  }),
  verb({
    name: 'generate',
    summary: 'write the Vagrantfile and Ansible files; your edits stay',
    changesLab: ({ check, diff, edits }) => !check && !diff && !edits,
    declare: (command) =>
      command
        .option('--check', 'write nothing; exit code 1 when something would change')
        .option('--diff', 'write nothing; show what would change')
        .option('--edits', 'write nothing; show what you have edited since the files were written')
        .option('--keep-mine', 'where you and the config changed the same lines, keep yours')
        .option(
          '--take-generated',
          'where you and the config changed the same lines, take the generated ones',
        ),
    load: async () => (await import('./generate.ts')).generate,
  }),
  verb({
    name: 'config',
    summary: 'print the lab with every choice made',
    changesLab: false,
    declare: (command) => command.option('--json', 'print it for machines'),
    load: async () => (await import('./config.ts')).config,
  }),
  verb({
    name: 'explain',
    summary: 'say what a setting does and where it lands',
    changesLab: false,
    declare: (command) =>
      command
        .argument('[setting]', 'its path, e.g. slaves[].slot; all are listed without')
        .option('--json', 'print it for machines'),
    load: async () => (await import('./explain.ts')).explain,
  }),
  verb({
    name: 'provision',
    summary: 'run Ansible on the machines again',
    changesLab: true,
    declare: (command) => command,
    load: async () => (await import('./provision.ts')).provision,
  }),
  verb({
    name: 'rotate',
    summary: 'give the PostgreSQL users new passwords, everywhere',
    changesLab: true,
    declare: (command) => command.argument('[user...]', 'all of them when left out'),
    load: async () => (await import('./rotate.ts')).rotate,
  }),
  verb({
    name: 'switchover',
    summary: 'let a slave and the primary change places, without a loss',
    changesLab: ({ dryRun }) => !dryRun,
    declare: (command) =>
      command
        .argument('<slave>', 'the primary to be')
        .option('--dry-run', 'say what would be done, and do nothing'),
    load: async () => (await import('./switchover.ts')).switchover,
  }),
  verb({
    name: 'promote',
    summary: 'make a slave the primary after the primary is lost',
    changesLab: ({ dryRun }) => !dryRun,
    declare: (command) =>
      command
        .argument('[slave]', 'the most advanced one that is not delayed, when left out')
        .option('--dry-run', 'say what would be done, and do nothing')
        .option('--yes', 'do not ask, even if a server that may be the primary is alive'),
    load: async () => (await import('./promote.ts')).promote,
  }),
  verb({
    name: 'rejoin',
    summary: 'make a standby of an old primary',
    changesLab: ({ dryRun }) => !dryRun,
    declare: (command) =>
      command
        .argument('<node>', 'the server that diverged')
        .option('--dry-run', 'say what would be done, and do nothing')
        .option(
          '--yes',
          'give up what only it has, and clone it where pg_rewind cannot help, without asking',
        ),
    load: async () => (await import('./rejoin.ts')).rejoin,
  }),
  verb({
    name: 'reinit',
    summary: 'replace the data of a slave by a fresh clone',
    changesLab: ({ dryRun }) => !dryRun,
    declare: (command) =>
      command
        .argument('<slave>', 'its data is lost')
        .option('--dry-run', 'say what would be done, and do nothing')
        .option('--yes', 'do not ask'),
    load: async () => (await import('./reinit.ts')).reinit,
  }),
  verb({
    name: 'secrets',
    summary: "name the users with a password; `show` prints one's",
    changesLab: false,
    declare: (command) =>
      command
        .addArgument(command.createArgument('[show]', 'to see a password').choices(['show'] as const))
        .argument('[user]', 'whose')
        .option('--json', 'print the names for machines'),
    load: async () => (await import('./secrets.ts')).secrets,
  }),
  verb({
    name: 'ssh',
    summary: 'log in to a machine, or run a command there',
    changesLab: false,
    declare: (command) =>
      command
        .argument('<node>', 'name of the machine')
        .argument('[command...]', 'what to run there')
        .passThroughOptions(),
    load: async () => (await import('./ssh.ts')).ssh,
  }),
  verb({
    name: 'psql',
    summary: 'open psql on a machine, else on the primary',
    changesLab: false,
    declare: (command) =>
      command
        .argument('[words...]', 'name of the machine, then arguments of psql')
        .passThroughOptions()
        .allowUnknownOption(), // they are psql's
    load: async () => (await import('./psql.ts')).psql,
  }),
  verb({
    name: 'logs',
    summary: 'see what PostgreSQL wrote to its log there, or Barman',
    changesLab: false,
    declare: (command) =>
      command
        .argument('<node>', 'name of the machine')
        .option('-f, --follow', 'go on with what is written, until Ctrl-C')
        .option('--since <moment>', 'a span (10m, 2h) or a time; else its last 50 lines'),
    load: async () => (await import('./logs.ts')).logs,
  }),
  verb({
    name: 'barman',
    summary: "run barman as its user, with the server's name filled in",
    changesLab: false,
    declare: (command) =>
      command
        .argument('[words...]', "barman's command, and what belongs to it")
        .passThroughOptions()
        .allowUnknownOption(), // they are barman's
    load: async () => (await import('./barman.ts')).barman,
  }),
  verb({
    name: 'halt',
    summary: 'stop the machines; `up` starts them again',
    changesLab: true,
    declare: (command) => command,
    load: async () => (await import('./halt.ts')).halt,
  }),
  verb({
    name: 'destroy',
    summary: 'delete the machines and all that is on them',
    changesLab: true,
    declare: (command) => command.option('--yes', 'do not ask'),
    load: async () => (await import('./destroy.ts')).destroy,
  }),
  verb({
    name: 'prune',
    summary: 'delete old logs, and node images no lab here needs',
    changesLab: true,
    declare: (command) => command.option('--yes', 'do not ask'),
    load: async () => (await import('./prune.ts')).prune,
  }),
  verb({
    name: 'doctor',
    summary: 'see what this computer lacks, and what to type',
    changesLab: false,
    declare: (command) =>
      command
        .option('--fix', 'install and start what is missing')
        .option('--json', 'print what was seen for machines'),
    load: async () => (await import('./doctor.ts')).doctor,
  }),
  verb({
    name: 'box',
    summary: 'list, make, keep or hand on what virtual machines are made from',
    changesLab: false,
    declare: (command) =>
      command
        .addArgument(
          command
            .createArgument(
              '[verb]',
              'list them; make one; fetch one to keep; hand them on; delete older ones',
            )
            .choices(['list', 'build', 'keep', 'export', 'prune'] as const),
        )
        .argument('[what]', "build, keep: the system (the lab's); export: the folder")
        .addOption(
          command
            .createOption('--provider <name>', "build, keep: for which (the lab's)")
            .choices(VAGRANT_PROVIDERS),
        )
        .option('--url <address>', 'export: where the folder will be served (as a shared folder)')
        .option('--yes', 'prune: do not ask'),
    load: async () => (await import('./box/index.ts')).box,
  }),
  verb({
    name: 'completion',
    summary: 'print what makes Tab complete commands, options and names',
    changesLab: false,
    declare: (command) =>
      command
        .addArgument(
          command
            .createArgument('<shell>', 'that is to complete')
            .choices(['bash', 'zsh', 'fish', 'powershell', 'words'] as const),
        )
        .argument('[words...]', 'of words: those typed so far')
        .passThroughOptions(),
    load: async () => (await import('./completion/index.ts')).completionOf(VERBS),
  }),
]
