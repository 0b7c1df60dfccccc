import type { Phrase } from './phrases.ts'

/** What to do about a finding, sentence by sentence. Commands are `{}`. */
export const REMEDIES: readonly Phrase[] = [
  // Sentences that end in a command.
  ['Write pg_hba.conf again: {}', 'Создайте pg_hba.conf заново: {}'],
  ['Write postgresql.conf again: {}', 'Создайте postgresql.conf заново: {}'],
  ['Write Barman’s files again: {}', 'Создайте файлы Barman заново: {}'],
  ['Write its file again: {}', 'Создайте его файл заново: {}'],
  ['Write its settings again: {}', 'Создайте его настройки заново: {}'],
  ['Write synchronous_standby_names again: {}', 'Запишите synchronous_standby_names заново: {}'],
  ['Write them again: {}', 'Создайте их заново: {}'],
  ['Install what is missing: {}', 'Установите недостающее: {}'],
  ['Write both again: {}', 'Запишите заново и то и другое: {}'],
  ['Write it again: {}', 'Создайте заново: {}'],
  ['Write it again ({}), or take the line out on {}', 'Создайте его заново ({}) или удалите строку на {}'],
  ['Make them again: {}', 'Создайте их заново: {}'],
  ['Make it again: {}', 'Создайте заново: {}'],
  ['Make it follow again: {}', 'Сделайте его снова репликой: {}'],
  ['Make it follow: {}', 'Переведите его за мастером: {}'],
  ['Set them again: {}', 'Задайте их заново: {}'],
  ['Set password and pg_hba.conf again: {}', 'Задайте пароль и pg_hba.conf заново: {}'],
  ['Set its password and pg_hba.conf again: {}', 'Задайте его пароль и pg_hba.conf заново: {}'],
  ['Store it as SCRAM: {}', 'Сохраните его в SCRAM: {}'],
  ['Grant what is missing: {}', 'Дайте недостающие права: {}'],
  ['Give it again: {}', 'Дайте его снова: {}'],
  ['Give them back to barman: {}', 'Верните их пользователю barman: {}'],
  ['Take the line out there', 'Удалите строку оттуда'],
  ['Take a new one: {}', 'Сделайте новую: {}'],
  ['Take a full one: {}', 'Сделайте полную: {}'],
  ['Take one now: {}', 'Сделайте копию сейчас: {}'],
  ['Take one: {}', 'Сделайте копию: {}'],
  ['Take the first one: {}', 'Сделайте первую: {}'],
  ['Start what is missing: {}', 'Запустите недостающее: {}'],
  ['Start it and write its settings again: {}', 'Запустите его и создайте настройки заново: {}'],
  ['Start it and set both again: {}', 'Запустите его и задайте и то и другое заново: {}'],
  ['Start them: {}', 'Запустите их: {}'],
  ['Start it: {}', 'Запустите его: {}'],
  ['Clone it again: {}', 'Клонируйте его заново: {}'],
  ['Schedule Barman again: {}', 'Верните Barman в расписание: {}'],
  ['Let the playbook take the first one: {}', 'Пусть первую сделает playbook: {}'],
  ['See whether WAL arrives: {}', 'Посмотрите, приходит ли WAL: {}'],
  ['See the check `{}`: {}', 'Посмотрите проверку `{}`: {}'],
  ['The check `{}` says more: {}', 'Подробнее — в проверке `{}`: {}'],
  ['Look at it from the primary: {}', 'Посмотрите на неё с мастера: {}'],
  ['Look at {}, or take one: {}', 'Посмотрите {} или сделайте копию: {}'],
  ['Look at {}', 'Посмотрите {}'],
  ['Look again: {}', 'Посмотрите ещё раз: {}'],
  ['Wait, and look again: {}', 'Подождите и посмотрите ещё раз: {}'],
  ['Wait, and look: {}', 'Подождите и посмотрите: {}'],
  ['On {}: {}', 'На {}: {}'],
  ['on {}: {}', 'на {}: {}'],
  ['and look: {}', 'и посмотрите: {}'],
  ['then, on {}: {}', 'затем на {}: {}'],
  ['then delete this one, on {}: {}', 'затем удалите эту, на {}: {}'],
  ['then change it: {}', 'затем смените его: {}'],
  ['then {}', 'затем {}'],
  ['and delete the old ones, oldest first: {}', 'и удалите старые, начиная с самой старой: {}'],
  // The primary.
  [
    'All servers are in recovery. Make the most advanced one the primary: {}',
    'Все серверы в режиме восстановления. Сделайте мастером самый свежий: {}',
  ],
  [
    '{} may be the primary and is still there: it does not answer in time. Look at its processes first, as below',
    '{}: возможно, это мастер, и он на месте, но не отвечает вовремя. Сначала посмотрите на его процессы, как показано ниже',
  ],
  ['{} does not answer and may be the primary', '{} не отвечает и, возможно, это мастер'],
  ['{} does not answer and may be the primary. {}', '{} не отвечает и, возможно, это мастер. {}'],
  ['No answer from {}. {}', 'Нет ответа от {}. {}'],
  ['If the primary is lost for good: {}', 'Если мастер потерян навсегда: {}'],
  [
    '{}: what is written to one never reaches the other, and a higher timeline does not mean newer data.',
    '{}: записанное на одном не попадает на другой, и больший номер линии времени не значит, что данные новее.',
  ],
  ['{} on timeline {}', '{} на линии времени {}'],
  [
    'Stop writing, see which one has the rows you want, and make the other a standby.',
    'Остановите запись, посмотрите, на каком из них нужные строки, и сделайте другой репликой.',
  ],
  ['To keep {}: {}.', 'Чтобы оставить {}: {}.'],
  [
    'rejoin says first what is given up, and asks',
    'rejoin сначала говорит, что будет потеряно, и спрашивает',
  ],
  [
    'The machine or its server is down, or too slow. {}',
    'Машина или её сервер не работает либо отвечает слишком медленно. {}',
  ],
  // Version and settings.
  [
    'A lab keeps its major version. Set postgres.version in {} to the one observed, or start over: {}',
    'Основная версия стенда не меняется. Укажите в {} найденную postgres.version или начните заново: {}',
  ],
  ['No file has a line of it.', 'Ни в одном файле нет такой строки.'],
  [
    'ALTER SYSTEM set it, and that wins over postgresql.conf.',
    'Она задана через ALTER SYSTEM, а это важнее postgresql.conf.',
  ],
  ['ALTER SYSTEM set them.', 'Они заданы через ALTER SYSTEM.'],
  ['It comes from {}. {}', 'Она взята из {}. {}'],
  ['The file has another value.', 'В файле другое значение.'],
  ['The file has it, and it waits for a restart.', 'В файле она есть и ждёт перезапуска.'],
  [
    'The server does not take it: see postgres.settings in the config',
    'Сервер её не принимает: посмотрите postgres.settings в конфигурации',
  ],
  ['The file was written since the server read it.', 'Файл изменён после того, как сервер его прочитал.'],
  [
    'The server was started with it on its command line.',
    'Она задана в командной строке при запуске сервера.',
  ],
  ['Sessions get another value.', 'У сеансов другое значение.'],
  ['They were changed while the server ran.', 'Они изменены, пока сервер работал.'],
  [
    'The server refuses the file until they are gone, and will not start again.',
    'Пока они есть, сервер не принимает файл и после остановки не запустится.',
  ],
  // Slots and streaming.
  [
    'WAL that {} needs goes at the next checkpoint; it can still catch up if it streams before that: {}',
    'WAL, нужный {}, исчезнет при следующей контрольной точке; он ещё догонит, если поток пойдёт раньше: {}',
  ],
  [
    'Barman was away so long that WAL it had not received was removed (max_slot_wal_keep_size).',
    'Barman не было так долго, что WAL, который он не получил, удалён (max_slot_wal_keep_size).',
  ],
  [
    'It starts over with a new slot and a new backup: {}',
    'Он начнёт заново, с новым слотом и новой копией: {}',
  ],
  [
    '{} was away so long that WAL it needs was removed (max_slot_wal_keep_size).',
    '{} не было так долго, что нужный WAL удалён (max_slot_wal_keep_size).',
  ],
  ['receive-wal does not run and its slot was dropped.', 'receive-wal не работает, и его слот удалён.'],
  ['receive-wal does not run.', 'receive-wal не работает.'],
  ["Barman's cron job starts it and makes the slot.", 'Его запустит и слот создаст задание cron Barman.'],
  ["Barman's cron job starts it.", 'Его запустит задание cron Barman.'],
  ['Barman’s cron job starts it: {}', 'Его запустит задание cron Barman: {}'],
  ['Barman’s cron job starts it.', 'Его запустит задание cron Barman.'],
  ['It was dropped, and nothing keeps the WAL {} needs.', 'Он удалён, и WAL, нужный {}, ничто не сохраняет.'],
  [
    'A {} slot has its name. Drop it: {}; then {}',
    'Его имя занял слот другого вида ({}). Удалите его: {}; затем {}',
  ],
  [
    '{} does not stream, or streams without its slot (primary_slot_name).',
    '{} не получает поток или получает его без своего слота (primary_slot_name).',
  ],
  ['WAL is kept for it until the disk is full.', 'Для него хранится WAL, пока не заполнится диск.'],
  [
    'WAL is kept for it until the disk is full; somebody streams through it.',
    'Для него хранится WAL, пока не заполнится диск; через него кто-то получает поток.',
  ],
  [
    '{} has its slot elsewhere now. Move it there and remove this one: {}',
    'Слот {} теперь в другом месте. Перенесите его туда и удалите этот: {}',
  ],
  [
    'If somebody needs it, name it in replication.otherSlots.',
    'Если он кому-то нужен, назовите его в replication.otherSlots.',
  ],
  ['If nobody does, on {}: {}', 'Если никому, на {}: {}'],
  ['receive-wal does not run, or cannot log in.', 'receive-wal не работает или не может войти.'],
  [
    'if it stays away, set its password and pg_hba.conf again: {}',
    'если не появится, задайте его пароль и pg_hba.conf заново: {}',
  ],
  [
    '{} is down, or cannot log in as {} (password, pg_hba.conf); its log says which.',
    '{} не работает или не может войти как {} (пароль, pg_hba.conf); причина — в его журнале.',
  ],
  [
    'The name is cluster_name of {}, unless primary_conninfo gives another.',
    'Имя — это cluster_name сервера {}, если в primary_conninfo не задано другое.',
  ],
  ['{} logs in as another user.', '{} входит под другим пользователем.'],
  ['{} is catching up.', '{} догоняет.'],
  ['{} does not follow yet.', '{} ещё не получает поток.'],
  [
    'Somebody else has the password of {} and a line in pg_hba.conf.',
    'У кого-то ещё есть пароль {} и строка в pg_hba.conf.',
  ],
  ['It was promoted and is a primary of its own now.', 'Его повысили, и теперь он сам мастер.'],
  ['primary_conninfo or primary_slot_name is another.', 'primary_conninfo или primary_slot_name другие.'],
  ['{} does not let it in.', '{} его не впускает.'],
  [
    'It can log in on {}, but gets no WAL there: its slot or its settings are missing, or the WAL it needs is gone.',
    'Он может войти на {}, но WAL не получает: нет его слота или настроек либо нужный WAL уже удалён.',
  ],
  ['If the WAL is gone: {}', 'Если WAL удалён: {}'],
  [
    'Somebody called pg_wal_replay_pause(): WAL arrives, its rows do not show.',
    'Кто-то вызвал pg_wal_replay_pause(): WAL приходит, но строки не появляются.',
  ],
  [
    'It replays WAL at another pace than the config says.',
    'WAL применяется не с той задержкой, что в конфигурации.',
  ],
  [
    '{} is another cluster (an initdb of its own) and can never follow.',
    '{} — другой кластер (свой initdb), и следовать за мастером он не сможет.',
  ],
  [
    '{} was promoted and {} does not follow its new timeline.',
    '{} стал мастером, а {} не перешёл на его новую линию времени.',
  ],
  [
    '{} does not follow, or its replay is paused or far behind.',
    '{} не получает поток, либо применение WAL приостановлено или сильно отстаёт.',
  ],
  ['{} is slow, or its replay is paused.', '{} работает медленно, или применение WAL приостановлено.'],
  [
    'Every commit hangs until enough of them stream.',
    'Любая фиксация ждёт, пока поток не будут получать достаточно реплик.',
  ],
  ['Every commit waits until a WAL file is full.', 'Любая фиксация ждёт, пока не заполнится файл WAL.'],
  ['Start it again: {}', 'Запустите заново: {}'],
  // Access.
  [
    'The server keeps its old rules until it can read the file.',
    'Пока файл не читается, действуют прежние правила.',
  ],
  [
    'Anyone who reaches the server gets in without a password.',
    'Любой, кто доберётся до сервера, войдёт без пароля.',
  ],
  ['Use scram-sha-256.', 'Используйте scram-sha-256.'],
  ['Rows and WAL can be read in transit.', 'Строки и WAL можно прочитать по дороге.'],
  [
    'The lab admits its own hosts and those that postgres.hba names.',
    'Стенд впускает свои узлы и те, что названы в postgres.hba.',
  ],
  [
    'Until it reads the file the old lines are in force: {}',
    'Пока файл не прочитан, действуют старые строки: {}',
  ],
  ['It has more than it needs: {}', 'Прав больше, чем нужно: {}'],
  ['Nobody needs it here: {}', 'Здесь это никому не нужно: {}'],
  ['It belongs into the passfile.', 'Его место — в файле паролей.'],
  ['It belongs into ~barman/.pgpass.', 'Его место — в ~barman/.pgpass.'],
  ['libpq ignores a file that others may read.', 'libpq не читает файл, доступный другим.'],
  ['A client that checks the server refuses it.', 'Клиент, который проверяет сервер, его не примет.'],
  [
    'Without StrictHostKeyChecking there Barman’s own check would believe a foreign host.',
    'Без StrictHostKeyChecking там проверка самого Barman поверит чужому узлу.',
  ],
  [
    'With another key there ssh refuses the right host, or believes a wrong one.',
    'С другим ключом ssh не пустит на нужный узел или поверит чужому.',
  ],
  [
    'Whoever has such a key gets in, and one without from= from anywhere.',
    'Войдёт любой, у кого есть такой ключ, а без from= — откуда угодно.',
  ],
  [
    'Host key, key or authorized_keys are not what they should be.',
    'Ключ узла, ключ или authorized_keys не такие, как нужно.',
  ],
  ['A standby that has missed WAL could not catch up.', 'Реплика, пропустившая WAL, не смогла бы догнать.'],
  [
    'Its key has no command= in ~barman/.ssh/authorized_keys.',
    'У её ключа нет command= в ~barman/.ssh/authorized_keys.',
  ],
  ['Barman cannot log in on the primary over SSH.', 'Barman не может войти на мастер по SSH.'],
  [
    'The connection is older than the certificates, or pg_hba.conf lets it in without TLS.',
    'Соединение старше сертификатов, или pg_hba.conf пускает его без TLS.',
  ],
  ['Anyone could intercept the connection.', 'Соединение может перехватить кто угодно.'],
  ['pg_hba.conf there has lines that are not hostssl.', 'В pg_hba.conf там есть строки не hostssl.'],
  [
    'libpq here does not check the server: look for PGSSLMODE in the environment.',
    'libpq здесь не проверяет сервер: поищите PGSSLMODE в окружении.',
  ],
  [
    'Password, certificate or pg_hba.conf are not what they should be.',
    'Пароль, сертификат или pg_hba.conf не такие, как должны быть.',
  ],
  [
    'Vagrant replaces it when it boots a machine, unless config.ssh.insert_key is false: {}. If it is there after that, on {}: {}; see that you still get in: {}',
    'Vagrant заменяет его при загрузке машины, если config.ssh.insert_key не равен false: {}. Если он остался, на {}: {}; проверьте, что вход ещё работает: {}',
  ],
  ['Let the host set it, on {}: {}', 'Пусть их переведёт сам узел, на {}: {}'],
  // Barman.
  [
    'It follows from the lost connection to the primary: see the line postgresql',
    'Это следствие потерянной связи с мастером: посмотрите строку postgresql',
  ],
  ['A right of Barman’s user is missing.', 'Пользователю Barman не хватает права.'],
  [
    "Barman's user cannot log in, or the primary is down.",
    'Пользователь Barman не может войти, или мастер не работает.',
  ],
  [
    "Barman's streaming user cannot log in, or the primary is down.",
    'Потоковый пользователь Barman не может войти, или мастер не работает.',
  ],
  [
    'The slot is missing or unused. Barman’s cron job makes it and starts receive-wal: {}',
    'Слота нет, или он не используется. Задание cron Barman создаст его и запустит receive-wal: {}',
  ],
  [
    'receive-wal is dead. Barman’s cron job starts it: {}. If it dies again, the primary may have given up a timeline that Barman had followed; then this makes it start over, with a new backup: {}',
    'receive-wal не работает. Его запустит задание cron Barman: {}. Если он снова завершится, мастер, возможно, оставил линию времени, за которой следовал Barman; тогда эта команда начнёт заново, с новой копией: {}',
  ],
  ['Barman cannot make or open its folders.', 'Barman не может создать или открыть свои каталоги.'],
  [
    'No WAL has arrived yet. Close a segment and wait for it: {}',
    'WAL ещё не приходил. Закройте сегмент и дождитесь его: {}',
  ],
  ['A backup broke off. Find it with {}, remove it with {}', 'Копия оборвалась. Найдите её: {}, удалите: {}'],
  [
    'The catalogue belongs to another cluster: the master was initialised again. Move the old backups away, then let Barman start over: {}',
    'Каталог принадлежит другому кластеру: мастер инициализировали заново. Уберите старые копии, затем пусть Barman начнёт заново: {}',
  ],
  [
    'WAL arrived that Barman could not archive; it is in the errors folder of the server. Its log says why: {}',
    'Пришёл WAL, который Barman не смог поместить в архив; он в каталоге errors сервера. Причина — в журнале: {}',
  ],
  [
    'The primary does not answer, and connecting to it takes its time. {}',
    'Мастер не отвечает, и соединение с ним занимает время. {}',
  ],
  ['wal_level must be replica: {}', 'wal_level должен быть replica: {}'],
  [
    'PostgreSQL’s client programs are missing on the backup host: {}',
    'На узле резервного копирования нет клиентских программ PostgreSQL: {}',
  ],
  [
    'The client programs are of another major than the server: {}',
    'Клиентские программы не той основной версии, что сервер: {}',
  ],
  ['What Barman knows of the server: {}', 'Что Barman знает о сервере: {}'],
  [
    'Barman itself failed; its last lines are in the output.',
    'Ошибка в самом Barman; его последние строки — в выводе.',
  ],
  ['It does not follow the primary.', 'Он следует не за мастером.'],
  ['Barman does not get through to the primary.', 'Barman не может соединиться с мастером.'],
  [
    'The next backup, or the next WAL segment, would fail.',
    'Следующая копия или следующий сегмент WAL не запишется.',
  ],
  [
    'The schedule {} has missed one: does cron run on {}, did it fail?',
    'По расписанию {} копия не сделана: работает ли cron на {}, не завершилась ли она ошибкой?',
  ],
  [
    'The schedule {} has missed one: was {} halted, does cron run, did the backup fail?',
    'Копия по расписанию {} пропущена: узел {} был остановлен, cron не работает или копирование не удалось?',
  ],
  [
    'A backup waits for its last WAL segment. Bring it with {}; {}',
    'Копия ждёт свой последний сегмент WAL. Получите его: {}; {}',
  ],
  [
    'receive-wal does not run, or Barman cannot archive what it receives.',
    'receive-wal не работает, или Barman не может поместить полученное в архив.',
  ],
  ['There is no backup, or no WAL after it.', 'Нет ни одной копии, или после неё нет WAL.'],
  [
    'No backup before the gap can be restored to a moment after it.',
    'Ни одну копию до пропуска нельзя восстановить на момент после него.',
  ],
  ['No backup can be restored to now.', 'Ни одну копию нельзя восстановить до этого момента.'],
  [
    'Without it nothing restarts receive-wal and no backup is taken.',
    'Без неё receive-wal никто не перезапустит и копии не делаются.',
  ],
  [
    'It runs {} times a minute. Leave the package’s own, and take the others out of the crontabs on {}',
    'Запускается несколько раз в минуту ({}). Оставьте строку пакета, остальные удалите из crontab на {}',
  ],
  [
    'It is taken by {} jobs. Take those out of the crontabs on {} that are not in {}',
    'Её делают несколько заданий ({}). Удалите из crontab на {} те, которых нет в {}',
  ],
  [
    'Restore the newest backup beside Barman, and compare it: {}',
    'Восстановите новейшую копию рядом с Barman и сравните: {}',
  ],
  ['Make room on {}. Is there a backup to give up? {}', 'Освободите место на {}. Нет ли лишней копии? {}'],
  ['Nothing after a gap can be restored from it.', 'Из неё нельзя восстановить ничего после пропуска.'],
  ['The backup was damaged after it was taken.', 'Копия испорчена после того, как была снята.'],
  [
    'From this backup nothing later than that can be restored.',
    'Из этой копии нельзя восстановить ничего позднее.',
  ],
  [
    'Backup {} and its WAL do not make the primary’s data.',
    'Копия {} и её WAL не дают тех данных, что на мастере.',
  ],
]
