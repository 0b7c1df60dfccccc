import type { ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { must, serve } from './servers.ts'

/** A signed repository laid out like PGDG's. */
export interface PackageRepository {
  /** Where the packages are put; served over http. */
  readonly folder: string
  /** Debian's name of the release: `bookworm`. */
  readonly release: string
  /** The image with that release, in which it is made: nothing is installed on this computer. */
  readonly image: string
  /** Shell words that put packages into the current folder, after `apt-get update`. */
  readonly fetch: string
  /** This computer's address, as the servers see it. */
  readonly address: string
  readonly port: number
}

/**
 * Makes it with apt-ftparchive and gpg, and serves it. `key.asc` vouches for it, `stranger.asc` does not.
 * @returns the server, to be killed by the caller
 */
export function servePackages({
  folder,
  release,
  image,
  fetch,
  address,
  port,
}: PackageRepository): ChildProcess {
  mkdirSync(folder)
  const dist = `dists/${release}-pgdg`
  const script = `set -e
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q && apt-get install -qy --no-install-recommends apt-utils gpg gpg-agent
    mkdir -p /repo/pool /repo/${dist}/main/binary-amd64 && cd /repo/pool && chmod 777 .
    ${fetch}
    cd /repo
    apt-ftparchive packages pool >${dist}/main/binary-amd64/Packages
    apt-ftparchive -o APT::FTPArchive::Release::Origin=apt.postgresql.org \\
      -o APT::FTPArchive::Release::Suite=${release}-pgdg -o APT::FTPArchive::Release::Codename=${release}-pgdg \\
      -o APT::FTPArchive::Release::Components=main -o APT::FTPArchive::Release::Architectures="$(dpkg --print-architecture)" \\
      release ${dist} >/tmp/Release
    for name in School Stranger; do gpg -q --batch --passphrase '' --quick-generate-key "$name" rsa2048 sign never; done
    gpg -q --batch --local-user School --clearsign --output ${dist}/InRelease /tmp/Release
    gpg --armor --export School >key.asc && gpg --armor --export Stranger >stranger.asc`
  must('docker', 'run', '--rm', '--volume', `${folder}:/repo`, image, 'sh', '-c', script)
  return serve(folder, address, port)
}

/** PostgreSQL 19 of Debian's experimental suite, with what it needs, and the Barman of the release. */
export const FETCH_POSTGRES_19 = `mirror=$(sed -n 's/^URIs: *//p; s/^deb \\(\\[[^]]*\\] \\)*\\(http[^ ]*\\) .*/\\2/p' \\
      /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg check-valid-until=no] $mirror experimental main" \\
      >/etc/apt/sources.list.d/experimental.list
    apt-get update -q
    apt-get download -t experimental postgresql-19 postgresql-client-19 libpq5
    apt-get download postgresql-common postgresql-client-common barman python3-barman`
