/** The commands of the command line. Each loads its own code: an import has no use for the server's. */

import { bench, benchUsage } from './bench.ts'

export interface Command {
  /** One sentence. */
  readonly about: string
  /** The arguments, as in `PATH…`; a command without them takes none. */
  readonly usage: string
  /** What `--help` tells besides. */
  readonly details?: () => Promise<string>
  /** Resolves to the exit status: 0, 1 (failed) or 2 (bad usage). */
  readonly run: (args: readonly string[]) => Promise<number>
}

export const commands: Readonly<Record<string, Command>> = {
  audit: {
    about: 'Checks that the audit trail is what the server has written; HEAD is what an earlier check ended with.',
    usage: 'verify [HEAD]',
    run: async (args) => (await import('./audit.ts')).audit(args),
  },
  fsck: {
    about: 'Checks that what is stored belongs together: contents, indexes, versions, change log.',
    usage: '',
    run: async () => (await import('./fsck.ts')).fsck(),
  },
  config: {
    about: 'Shows the settings in force and where each comes from.',
    usage: '',
    run: async () => (await import('./config.ts')).config(),
  },
  import: {
    about: 'Loads NDJSON files, Bundles and folders of them; goes on where it was interrupted.',
    usage: 'PATH… [--again]',
    run: async (args) => (await import('./import.ts')).importCommand(args),
  },
  client: {
    about: 'Registers, lists, approves and removes the clients that may ask for access.',
    usage:
      'add [FILE.json] [OPTIONS] | list | show ID | set ID OPTIONS | secret ID [--keep HOURS] | token ID [--scope "SCOPES"] | approve ID | disable ID | remove ID',
    details: async () => (await import('./client/options.ts')).clientDetails,
    run: async (args) => (await import('./client.ts')).clientCommand(args),
  },
  keys: {
    about: 'Changes the key that id_tokens are signed with.',
    usage: 'rotate',
    run: async (args) => (await import('./keys.ts')).keys(args),
  },
  package: {
    about: 'Installs, checks, lists and removes FHIR packages, beside running servers.',
    usage: 'add NAME@VERSION|FILE.tgz [--without-missing] | check NAME@VERSION|FILE.tgz | list | remove NAME@VERSION',
    run: async (args) => (await import('./package.ts')).packageCommand(args),
  },
  mail: {
    about: 'Shows the mails that wait to be sent, and has those tried again that could not be.',
    usage: 'list [--state waiting|sent|failed] | show NUMBER | retry NUMBER',
    run: async (args) => (await import('./mail.ts')).mailCommand(args),
  },
  reindex: {
    about: 'Makes stored search parameters usable, or all of the index again; servers may go on meanwhile.',
    usage: '[URL] [--type TYPE]… [--everything]',
    run: async (args) => (await import('./reindex.ts')).reindex(args),
  },
  terminology: {
    about: 'Imports, lists and removes releases of code systems, beside running servers.',
    usage: 'import KIND PATH [--older] | list | remove URL[|VERSION]',
    details: async () => (await import('./terminology.ts')).detailsText(),
    run: async (args) => (await import('./terminology.ts')).terminology(args),
  },
  terms: {
    about: 'Publishes the terms of use that people accept when they sign in; they are asked again for each version.',
    usage: 'publish FILE --version VERSION --title TITLE [--effective YYYY-MM-DD] | show',
    run: async (args) => (await import('./terms.ts')).termsCommand(args),
  },
  user: {
    about: 'Adds, lists, changes and removes the accounts of people.',
    usage:
      'add NAME [OPTIONS] | list | show NAME | set NAME OPTIONS | password NAME | disable NAME | enable NAME | sign-out NAME | remove NAME | remove --demo',
    details: async () => (await import('./user/options.ts')).userDetails,
    run: async (args) => (await import('./user.ts')).userCommand(args),
  },
  start: { about: 'Starts the server.', usage: '', run: async () => (await import('./start.ts')).start() },
  bench: { about: 'Measures the server against the limits of its parts.', usage: benchUsage, run: bench },
}
