import type { Lab } from '../lab.ts'
import type { ServerSight } from '../observe/server-settings.ts'

/** What was chosen at initdb, once and for all, and is not as the config has it. */
export function otherChoices({ postgres }: Lab, { checksums, locale }: ServerSight): readonly string[] {
  const word = (isOn: boolean) => (isOn ? 'on' : 'off')
  return [
    ...(checksums === postgres.checksums
      ? []
      : [`checksums are ${word(checksums)} there, and the config asks for ${word(postgres.checksums)}`]),
    ...(plain(locale) === plain(postgres.locale)
      ? []
      : [`the locale is ${locale} there, and the config asks for ${postgres.locale}`]),
  ]
}

/** `en_US.UTF-8` and `en_US.utf8` are the same locale. */
function plain(locale: string): string {
  return locale.toLowerCase().replaceAll('-', '')
}
