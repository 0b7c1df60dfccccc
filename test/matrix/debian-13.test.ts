import { describeSystem } from './system.ts'

describeSystem('debian-13', '10.97.113.0/24', { models: true, checkpointRole: true })
