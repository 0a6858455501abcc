/** `candela COMMAND`: finds the command in the table and runs it. */
import { ConfigError } from '../config.ts'
import { nearest } from '../fhir/nearest.ts'
import { commands } from './commands.ts'

/** Resolves to the exit status: 0, 1 (failed) or 2 (bad usage). */
export async function runCommand([name = 'help', ...args]: readonly string[]): Promise<number> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    if (name === 'help' || name === '--help') console.log(helpText())
    else console.error(`${unknownText(name)}\n\n${helpText()}`)
    return name === 'help' || name === '--help' ? 0 : 2
  }
  if (args.includes('--help')) {
    const details = command.details === undefined ? '' : `\n\n${await command.details()}`
    console.log(`candela ${name} ${command.usage}\n\n${command.about}${details}`)
    return 0
  }
  if (command.usage === '' && args.length > 0) {
    console.error(`candela ${name} takes no arguments, not '${args[0]}'. Settings are environment variables.`)
    return 2
  }
  try {
    return await command.run(args)
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error)
    return error instanceof ConfigError ? 2 : 1
  }
}

function unknownText(name: string): string {
  const near = nearest(name, Object.keys(commands))
  return `There is no command '${name}'.${near ? ` Did you mean '${near}'?` : ''}`
}

function helpText(): string {
  const lines = Object.entries(commands).map(([name, { about }]) => `  ${name.padEnd(12)} ${about}`)
  return `candela COMMAND [options]\n\n${lines.join('\n')}\n\nEach command explains itself with --help.`
}
