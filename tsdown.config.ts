import { defineConfig } from 'tsdown'
import { writeEditorFiles } from './build/editor.ts'

export default defineConfig({
  entry: ['src/pg-lab.ts', 'src/create-pg-lab.ts', 'src/index.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Types that are inferred from the schema have no comments for the editor: ours are written from it.
  dts: false,
  fixedExtension: false,
  hooks: { 'build:done': () => writeEditorFiles('dist') },
})
