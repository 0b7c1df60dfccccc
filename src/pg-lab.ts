#!/usr/bin/env node
import { runProgram } from './cli.ts'

await runProgram(process.argv.slice(2))
