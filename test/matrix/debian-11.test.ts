import { describeSystem } from './system.ts'

describeSystem('debian-11', '10.97.111.0/24', { models: false, checkpointRole: false })
