/** `candela keys rotate`: a new key for what is signed, beside running servers. */
import { ConfigError } from '../config.ts'
import { loadConfig } from '../config-file.ts'
import { openCore } from '../main.ts'
import { rotateKeys } from '../smart/keys.ts'

export async function keys(args: readonly string[]): Promise<number> {
  if (args.length !== 1 || args[0] !== 'rotate') throw new ConfigError('Usage: candela keys rotate')
  const core = await openCore(loadConfig().config)
  try {
    const { store, sealer, now } = core.context
    const kid = await rotateKeys({ database: store.database, sealer, now })
    console.log(`The key ${kid} signs from now on. What older keys signed is recognized until it expires.`)
    return 0
  } finally {
    await core.close()
  }
}
