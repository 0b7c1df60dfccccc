import { describeSystem } from './system.ts'

describeSystem('debian-12', '10.97.112.0/24', { models: false, checkpointRole: true })
