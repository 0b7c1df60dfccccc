import { CONTROLS, cellName, EACH_ONCE, GUESTS } from './axes.ts'
import { describeCell } from './cell.ts'
import { CELLS } from './row.ts'

const wanted = process.env[CELLS]?.split(',') ?? EACH_ONCE

CONTROLS.forEach((control, row) => {
  Object.entries(GUESTS).forEach(([name, guest], column) => {
    if (!wanted.includes(cellName(control, name))) return
    describeCell(
      control,
      { name, ...guest },
      { subnet: `10.97.${110 + row * 10 + column}.0/24`, port: 8994 + row },
    )
  })
})
