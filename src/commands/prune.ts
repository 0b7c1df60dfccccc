import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { can } from '../catalog/providers/index.ts'
import { EXIT } from '../errors.ts'
import { LAB_FILES } from '../lab-files.ts'
import { imagesOf, oldImages, removeImages } from '../operations/prune.ts'
import type { Context } from './shared/context.ts'
import { agreesToDelete } from './shared/prompts.ts'
import { logsOf } from './shared/run-logs.ts'
import { openSession } from './shared/session.ts'

/** `create-pg-lab prune`: deletes this lab's logs and the node images that no lab on this computer needs. */
export async function prune(context: Context, { yes }: { readonly yes?: true }): Promise<number> {
  const { directory, lab, logs } = await openSession(context)
  const images = can(lab).buildImages ? await oldImages(context.run, imagesOf(directory, lab)) : []
  const old = logsOf(logs.folder)
  if (images.length + old.length === 0) {
    context.print('There are no old images and no logs: nothing to delete.')
    return EXIT.ok
  }
  for (const image of images) context.print(`image  ${image}`)
  if (old.length > 0) context.print(`logs   ${old.length} in ${LAB_FILES.logs.path}`)
  const agreed = await agreesToDelete(context, {
    yes: yes === true,
    words: 'prune',
    question: 'Delete them?',
  })
  if (!agreed) return EXIT.ok
  for (const name of old) rmSync(join(logs.folder, name), { force: true })
  if (images.length > 0) await removeImages(context.run, images)
  context.print(`${context.paint('green', '✔')} deleted`)
  return EXIT.ok
}
