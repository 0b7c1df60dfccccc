import { CONTROLS, cellName, EACH_ONCE, GUESTS, type Guest } from './axes.ts'
import { describeCell } from './cell.ts'
import { CELLS } from './row.ts'

const wanted = process.env[CELLS]?.split(',') ?? EACH_ONCE

CONTROLS.forEach((control, row) => {
  Object.keys(GUESTS).forEach((guest, column) => {
    if (!wanted.includes(cellName(control, guest))) return
    describeCell(control, guest as Guest, `10.97.${110 + row * 10 + column}.0/24`)
  })
})
