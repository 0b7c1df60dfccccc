import { LAB_FILES } from '../../lab-files.ts'
import { type Criterion, unasked } from './criterion.ts'

/** What was changed in generated files. That is no fault: it is said, so that a person looks. */
export const edits: Criterion = {
  id: 'edits',
  judge({ submission: { files }, words: { seen } }) {
    const command = 'npx create-pg-lab generate --edits'
    const base = `${LAB_FILES.base.path}/`
    const written = files.filter(({ path }) => path.startsWith(base))
    if (written.length === 0) return unasked(seen.notGenerated, command)
    const plain = (text: string | undefined) => text?.replaceAll('\r\n', '\n')
    const edited = written.filter(({ path, text }) => {
      const found = files.find((file) => file.path === path.slice(base.length))
      return plain(found?.text) !== plain(text)
    })
    const told = edited.map(({ path }) => seen.edited(path.slice(base.length)))
    return { outcome: 'met', seen: edited.length === 0 ? [seen.noEdits(written.length)] : told, command }
  },
}
