/** Folders for programs that import the package by its name. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const out = fileURLToPath(new URL('../../out/', import.meta.url))

/** Makes a folder inside of the project, where `millrace` and `rxjs` are found. It is gone after the test. */
export function projectFolder(): string {
  mkdirSync(out, { recursive: true })
  const folder = mkdtempSync(`${out}test-`)
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}
