import { defineCluster } from 'create-pg-lab'

/** The default lab. Everything left out has a default. */
export default defineCluster({
  os: 'debian-13',
  network: { subnet: '192.168.11.0/24' },
  master: { name: 'master', address: '192.168.11.150' },
  slaves: [{ name: 'slave', address: '192.168.11.151' }],
  backup: { name: 'backup', address: '192.168.11.152', retention: '7 days' },
  postgres: { settings: { work_mem: '8MB' } },
  replication: { user: 'replica', mode: 'async' },
  database: { name: 'otus', table: 'dz' },
})
