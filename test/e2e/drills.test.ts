import { describeDrills } from './drills.ts'

describeDrills('debian-12', { subnet: '10.97.75.0/24' })
