import { describeDrills } from './drills.ts'
import { POSTGRES_19 } from './repository.ts'

describeDrills('debian-14', { subnet: '10.97.81.0/24', postgres: { ...POSTGRES_19, port: 8079 } })
