import { describeSystem } from './system.ts'

describeSystem('debian-14', '10.97.114.0/24', { models: true, checkpointRole: true })
