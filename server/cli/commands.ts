/** The commands of the command line. */
import { fsck } from './fsck.ts'
import { reindex } from './reindex.ts'
import { start } from './start.ts'

export interface Command {
  /** One sentence. */
  readonly about: string
  /** The arguments, as in `PATH…`. */
  readonly usage: string
  /** Resolves to the exit status: 0, 1 (failed) or 2 (bad usage). */
  readonly run: (args: readonly string[]) => Promise<number>
}

export const commands: Readonly<Record<string, Command>> = {
  fsck: {
    about: 'Checks that what is stored belongs together: contents, indexes, versions, change log.',
    usage: '',
    run: fsck,
  },
  reindex: {
    about: 'Makes stored search parameters usable, or all of the index again; servers may go on meanwhile.',
    usage: '[URL] [--type TYPE]… [--everything]',
    run: reindex,
  },
  start: { about: 'Starts the server.', usage: '', run: start },
}
