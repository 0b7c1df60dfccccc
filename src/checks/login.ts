import { nodesOf } from '../lab.ts'
import { type Check, lookAtEach } from './check.ts'
import { greet } from './greeting.ts'

/** The keys that come with Vagrant (keys/vagrant.pub.rsa, keys/vagrant.pub.ed25519): everybody has their other half. */
const KEYS_OF_EVERYBODY = [
  'AAAAB3NzaC1yc2EAAAABIwAAAQEA6NF8iallvQVp22WDkTkyrtvp9eWW6A8YVr',
  'AAAAC3NzaC1lZDI1NTE5AAAAIN1YdxBpNlzxDqfJyw/QKow1F+wvG9hXGoqiysfJOn5Y',
]

const FILE = '~/.ssh/authorized_keys'

export const login: Check = {
  id: 'login',
  title: 'Nobody logs in with the key that comes with Vagrant',
  run: (lab, guest) =>
    lookAtEach('login', lab.provider === 'ssh' ? [] : nodesOf(lab), async (node) => {
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
