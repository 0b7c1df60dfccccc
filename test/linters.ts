/** Before `npm run check`: installs with apt the linters that npm does not have. */
import { installTools, LINTERS } from './support/tools.ts'

process.exitCode = installTools(LINTERS).failed
