/** `candela keys rotate`: new keys for what is signed and for what is sealed, beside running servers. */
import { ConfigError } from '../config.ts'
import { loadConfig } from '../config-file.ts'
import { openCore } from '../main.ts'
import { changeSealingKey } from '../reseal.ts'
import { rotateKeys } from '../smart/keys.ts'

export async function keys(args: readonly string[]): Promise<number> {
  if (args.length !== 1 || args[0] !== 'rotate') throw new ConfigError('Usage: candela keys rotate')
  const { config } = loadConfig()
  const core = await openCore(config)
  try {
    const { store, sealer, now } = core.context
    const kid = await rotateKeys({ database: store.database, sealer, now })
    console.log(`The key ${kid} signs from now on. What older keys signed is recognized until it expires.`)
    const { values, forgotten } = await changeSealingKey(store.database, config.dataDir)
    console.log(`A new key seals secrets; ${values} were sealed anew, ${forgotten} older keys are forgotten.`)
    return 0
  } finally {
    await core.close()
  }
}
