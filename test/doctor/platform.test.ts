import { expect, test } from 'vitest'
import { linuxManager } from '../../src/doctor/platform.ts'

test.each([
  ['ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n', 'apt', 'Debian GNU/Linux 12 (bookworm)'],
  ['PRETTY_NAME="Ubuntu 24.04.1 LTS"\nID=ubuntu\nID_LIKE=debian\n', 'apt', 'Ubuntu 24.04.1 LTS'],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"\nPRETTY_NAME="Linux Mint 22"\n', 'apt', 'Linux Mint 22'],
  ['ID="rocky"\nID_LIKE="rhel centos fedora"\nPRETTY_NAME="Rocky Linux 9.5"\n', 'dnf', 'Rocky Linux 9.5'],
  ["ID=fedora\nPRETTY_NAME='Fedora Linux 42'\n", 'dnf', 'Fedora Linux 42'],
  ['ID=manjaro\nID_LIKE=arch\nPRETTY_NAME="Manjaro Linux"\n', 'pacman', 'Manjaro Linux'],
  ['ID=alpine\nPRETTY_NAME="Alpine Linux v3.22"\n', undefined, 'Alpine Linux v3.22'],
  ['', undefined, 'Linux'],
])('%j', (osRelease, manager, title) => {
  expect(linuxManager(osRelease)).toEqual({ manager, title })
})
