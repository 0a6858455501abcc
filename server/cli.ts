#!/usr/bin/env node
/** `candela COMMAND`: finds the command's file and runs it. */
import { commands } from './cli/commands.ts'
import { ConfigError } from './config.ts'

const [name = 'help', ...args] = process.argv.slice(2)
const command = commands[name]
if (!command || name === 'help' || name === '--help') {
  const lines = Object.entries(commands).map(([known, { about }]) => `  ${known.padEnd(12)} ${about}`)
  console.log(`candela COMMAND [options]\n\n${lines.join('\n')}\n\nEach command explains itself with --help.`)
  process.exit(command || name.includes('help') ? 0 : 2)
}
if (args.includes('--help')) {
  console.log(`candela ${name} ${command.usage}\n\n${command.about}`)
  process.exit(0)
}
try {
  process.exitCode = await command.run(args)
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error)
  process.exitCode = error instanceof ConfigError ? 2 : 1
}
