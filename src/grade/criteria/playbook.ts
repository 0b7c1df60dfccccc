import { isYamlCode } from '../code.ts'
import { byFaults, type Criterion, unasked } from './criterion.ts'

/** Every YAML file can be read. */
export const playbook: Criterion = {
  id: 'playbook',
  judge({ submission, code, words: { seen } }) {
    const command = "yamllint -d '{rules: {}}' ."
    const count = submission.files.filter(({ path }) => isYamlCode(path)).length
    if (count === 0) return unasked(seen.noYaml, command)
    return byFaults(
      code.broken.map(({ path, line, message }) => seen.cannotBeRead(`${path}:${line}`, message)),
      { seen: [seen.yamlFiles(count)], command },
    )
  },
}
