#!/usr/bin/env node
/** The program: everything else is loaded once its compiled form may be kept for the next start. */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Not in a folder that all users of the machine write to: what lies there is run. Where it cannot be written, nothing is
// kept.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/candela'))
const { runCommand } = await import('./cli/run-command.ts')
process.exitCode = await runCommand(process.argv.slice(2))
