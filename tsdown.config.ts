import { readFileSync } from 'node:fs'
import { defineConfig } from 'tsdown'
import { writeEditorFiles } from './build/editor.ts'

/** What every command needs: in one file, for each more costs `--help` a millisecond. */
const FRONT =
  /commander|src.(cli|errors|show|package-root|commands.index|commands.shared.(verb|command-line|help)|config.closest|catalog.names|create.(answers|presets)|tools.process.quote)\b/

/** Brought along for the same reason; its licence wants to be named. */
const COMMANDER = `/*! commander and @commander-js/extra-typings, the MIT License\n${readFileSync('node_modules/commander/LICENSE', 'utf8').trim()}\n*/`

export default defineConfig({
  entry: ['src/pg-lab.ts', 'src/create-pg-lab.ts', 'src/index.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Types that are inferred from the schema have no comments for the editor: ours are written from it.
  dts: false,
  fixedExtension: false,
  deps: { alwaysBundle: [/commander/] },
  outputOptions: {
    codeSplitting: { groups: [{ name: 'front', test: FRONT }] },
    banner: ({ name }) => (name === 'front' ? COMMANDER : ''),
  },
  hooks: { 'build:done': () => writeEditorFiles('dist') },
})
