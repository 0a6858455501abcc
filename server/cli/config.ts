/** `candela config`: the settings in force, and where each comes from. */
import { loadConfig } from '../config-file.ts'
import { effectiveTable } from '../config-table.ts'

export async function config(): Promise<number> {
  process.stdout.write(effectiveTable(loadConfig()))
  return 0
}
