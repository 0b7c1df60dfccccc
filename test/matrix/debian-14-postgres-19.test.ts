import { FETCH_POSTGRES_19 } from '../e2e/repository.ts'
import { describeSystem } from './system.ts'

const postgres = { major: 19, fetch: FETCH_POSTGRES_19, port: 8994 }

describeSystem('debian-14', '10.97.115.0/24', { models: true, checkpointRole: true }, postgres)
