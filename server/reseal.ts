/** Changes the key that secrets are sealed with, while servers go on. */
import { sealingKeyId } from './sealing.ts'
import { addSealingKey, forgetSealingKeys, openSealer } from './sealing-keys.ts'
import type { Db } from './store/database.ts'
import { outdatedValues, replaceValue, sealedColumns, usedKeyIds } from './store/sealed-values.ts'

export interface Resealed {
  /** Values that were sealed anew. */
  readonly values: number
  /** Keys that are known no more. */
  readonly forgotten: number
}

const batch = 500

/**
 * Makes a new key, seals everything with it that another one has sealed, and forgets the keys that are no longer needed.
 * Stopped in the middle it is gone on with by the next time: older keys stay as long as something needs them.
 */
export async function changeSealingKey(db: Db, dataDir: string): Promise<Resealed> {
  addSealingKey(dataDir)
  const sealer = openSealer(dataDir)
  const newest = sealingKeyId(sealer.seal('', ''))
  let values = 0
  for (const column of sealedColumns) {
    while (true) {
      const outdated = await outdatedValues(db, column, newest, batch)
      for (const { sealed, purpose } of outdated) {
        await replaceValue(db, column, sealed, sealer.seal(sealer.open(sealed, purpose), purpose))
      }
      values += outdated.length
      if (outdated.length < batch) break
    }
  }
  return { values, forgotten: forgetSealingKeys(dataDir, await usedKeyIds(db)) }
}
