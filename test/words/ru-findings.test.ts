import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { CHECKS } from '../../src/checks/index.ts'
import { WORDS } from '../../src/words/index.ts'
import { inRussian } from '../../src/words/ru-findings.ts'

/** Keys of an object, and names of functions and constants, whose text no report shows as a check's own. */
const NOT_SHOWN = /^(title|command|id|as|options|reason|name|said)$|SQL$|^(CHECKS|TIMER|FILE|SEGMENT)$/

/** Sentences of the checks as the source has them, a blank where a value comes. */
function sentences(file: string): readonly string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const walk = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node) || ts.isRegularExpressionLiteral(node)) return
    if (
      ts.isCallExpression(node) &&
      /scripted|barmanCommand|shellWord|psql|Sql|rows|execute|test|replace|join|split|has/i.test(
        node.expression.getText(),
      )
    )
      return
    if (
      (ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) &&
      NOT_SHOWN.test(node.name.getText())
    )
      return
    if (ts.isFunctionDeclaration(node) && /Sql$/.test(node.name?.getText() ?? '')) return
    const text = textOf(node)
    if (text === undefined) ts.forEachChild(node, walk)
    else found.push(text)
  }
  walk(source)
  return found
}

/** A text, also one put together with `+`; a value in it is `X`. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => `X${literal.text}`).join('')
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [textOf(node.left), textOf(node.right)]
    return left === undefined || right === undefined ? undefined : left + right
  }
  return undefined
}

/** Words that stay as they are: programs, PostgreSQL's own, and what stands in a command. */
const COMMAND = /(npx|sudo|ssh|vagrant|sed) .*?(?=\. [A-ZА-Я]|; [а-я]|\), |, или|$)|`\w+`/g
const NAME =
  /^(X\w*|barman|cron|psql|pgpass|libpq|hostssl|initdb|crontab|playbook|errors|rejoin|postgres|postgresql|walreceiver|sslmode|trust|replica|false|conf|check)$/

function englishWords(text: string): readonly string[] {
  const words = text.replace(COMMAND, '').match(/(?<![\w./_~-])[a-z][a-z’']+(?![\w./_()=-])/g) ?? []
  return words.filter((word) => !NAME.test(word))
}

describe('what the checks say, in Russian', () => {
  const files = readdirSync('src/checks', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  // What is put together from halves stands below, as it is shown.
  const isSql = (text: string) => /SELECT|^date |\(text, /.test(text) && !text.includes('psql')
  const isWhole = (text: string) => !/^X |[a-z]X|X[a-z]| X X$| of$| to$|^without a slot$/.test(text)
  const all = files
    .flatMap((name) => sentences(`src/checks/${name}`))
    .filter((text) => isWhole(text) && !isSql(text) && englishWords(text).length > 1)

  test('every sentence is known, whole', () => {
    expect(all.length).toBeGreaterThan(150)
    const left = all.map((text) => ({ text, left: englishWords(inRussian(text)) }))
    expect(left.filter(({ left }) => left.length > 0)).toEqual([])
  })

  test('every title is', () => {
    const ids = [...CHECKS.map(({ id }) => id), 'restore']
    expect(ids.filter((id) => !(id in WORDS.ru.checkTitles))).toEqual([])
  })
})

describe('in Russian', () => {
  test.each([
    [
      'physical, inactive, WAL lost, holds back 16 MB',
      'физический, не в работе, WAL потерян, удерживает 16 МБ',
    ],
    ['streaming from 10.0.0.1 without a slot', 'поток от 10.0.0.1 без слота'],
    ['at most 24 h', 'не больше 24 ч'],
    ['45.6 MB', '45,6 МБ'],
    ['0.3 s ahead', 'спешат на 0,3 с'],
    ['3, newest 20261126T210001 (45.6 MiB)', '3, новейшая 20261126T210001 (45,6 МиБ)'],
    ['15.20 (Debian 15.20-0+deb12u1)', '15.20 (Debian 15.20-0+deb12u1)'],
    ['* * * * * barman /usr/bin/barman -q cron', '* * * * * barman /usr/bin/barman -q cron'],
    ['backup maximum age', 'предельный возраст копии'],
    [
      'OK (interval provided: 1 day, 2 hours, latest backup age: 40 seconds)',
      'OK (задано: 1 дн., 2 ч, возраст последней копии: 40 с)',
    ],
    ['slave: 1.2 MB', 'slave: 1,2 МБ'],
    ['slave2, 5 rows, checksum 1a', 'slave2, строк: 5, контрольная сумма 1a'],
    ['slave is down: connect to host port 22', 'slave is down: connect to host port 22'],
    [
      'servers diverged at WAL location 0/5000110 on timeline 1; rewinding from last common checkpoint at 0/40000B8 on timeline 1',
      'серверы разошлись в точке WAL 0/5000110 на линии времени 1; откат от последней общей контрольной точки 0/40000B8 на линии времени 1',
    ],
    [
      "receive-wal does not run and its slot was dropped. Barman's cron job starts it and makes the slot. On backup: sudo -u barman barman cron",
      'receive-wal не работает, и его слот удалён. Его запустит и слот создаст задание cron Barman. На backup: sudo -u barman barman cron',
    ],
    [
      'WAL is kept for it until the disk is full. If somebody needs it, name it in replication.otherSlots.',
      'Для него хранится WAL, пока не заполнится диск. Если он кому-то нужен, назовите его в replication.otherSlots.',
    ],
    [
      'a certificate signed by another authority, shown as that of master',
      'сертификат чужого центра под именем master',
    ],
    [
      'No answer from master and slave. Start them: npx create-pg-lab up',
      'Нет ответа от master и slave. Запустите их: npx create-pg-lab up',
    ],
  ])('%s', (text, russian) => {
    expect(inRussian(text)).toBe(russian)
  })
})
