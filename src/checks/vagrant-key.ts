import { can } from '../catalog/providers/index.ts'
import { nodesOf } from '../lab.ts'
import { KEYS_OF_EVERYBODY } from '../tools/vagrant/vagrant.ts'
import { type Check, lookAtEach } from './support/check.ts'
import { greet } from './support/first-contact.ts'

const FILE = '~/.ssh/authorized_keys'

export const login: Check = {
  id: 'login',
  title: 'Nobody logs in with the key that comes with Vagrant',
  run: (lab, guest) =>
    lookAtEach('login', can(lab).makeMachines ? nodesOf(lab) : [], async (node) => {
      const { keys } = await greet(guest, node)
      const isOpen = KEYS_OF_EVERYBODY.some((key) => keys?.includes(key))
      return [
        {
          what: `Vagrant’s public key in ${FILE}`,
          expected: 'replaced by one of this lab',
          observed: isOpen ? 'still there' : keys === undefined ? 'the file cannot be read' : 'replaced',
          ok: keys !== undefined && !isOpen,
          hint: `Vagrant replaces it when it boots a machine, unless config.ssh.insert_key is false: vagrant reload --no-provision ${node.name}. If it is there after that, on ${node.name}: sed -i '/vagrant insecure/d' ${FILE}; see that you still get in: npx create-pg-lab ssh ${node.name}`,
          command: `cat ${FILE}`,
        },
      ]
    }),
}
