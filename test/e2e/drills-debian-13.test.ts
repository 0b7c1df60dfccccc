import { describeDrills } from './drills.ts'

describeDrills('debian-13', { subnet: '10.97.76.0/24' })
