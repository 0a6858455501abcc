/** How a person is addressed: theirs to say. What the record calls them is the practice's. */
import type { AccountPowers } from './account-powers.ts'
import { tellOwners } from './tell-owners.ts'

const longest = 200

/** What turns the direction of writing, or is none: it would make a name look like another one. */
const misleading = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u

/** A name as it is kept; undefined for what is none. */
export function nameOfAccount(text: string): string | undefined {
  const name = text.normalize('NFC').trim().replace(/\s+/g, ' ')
  return name === '' || name.length > longest || misleading.test(name) ? undefined : name
}

/** Changes it, and tells the owner by mail. */
export async function changeName(powers: AccountPowers, number: string, name: string): Promise<void> {
  const { database, directory, audit } = powers
  await database.transaction(async (tx) => {
    const account = await directory.find(tx, number)
    if (!account || account.name === name) return
    await directory.change(tx, number, { name })
    await tellOwners(powers, tx, [account], 'name-changed')
    await audit(tx, { kind: 'name-changed', account: number })
  })
}
