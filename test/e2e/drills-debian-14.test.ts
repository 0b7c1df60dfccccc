import { describeDrills } from './drills.ts'

describeDrills('debian-14', { subnet: '10.97.77.0/24' })
