/** The accounts of the demo clinic: everybody knows their password. */
import type { Context } from '../../context.ts'
import { demoAccounts } from '../../demo/accounts.ts'
import { addAccount } from '../../store/accounts/accounts.ts'
import { addProxy } from '../../store/accounts/proxies.ts'
import { hashPassword } from './password.ts'

/** Adds those that are missing; answers how many there were. */
export async function addDemoAccounts({ config, store, now }: Context): Promise<number> {
  let added = 0
  const password = await hashPassword(config.demoPassword)
  for (const { username, name, roles, fhirUser, proxies = [] } of demoAccounts) {
    const account = { username, name, roles, fhirUser, password, state: 'active', demo: true } as const
    await store.database.transaction(async (tx) => {
      const number = await addAccount(tx, { ...account, email: null, emailVerified: false }, now())
      if (number === undefined) return
      added += 1
      for (const proxy of proxies) await addProxy(tx, { ...proxy, account: number, starts: now(), by: 'demo' }, now())
    })
  }
  return added
}
