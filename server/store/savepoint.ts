/** A part of a transaction that may fail by itself. */
import { sql } from '../sql.ts'
import type { Db } from './database.ts'

/** Runs `work` inside a transaction; what it stored is undone when it throws, and what came before it stays. */
export async function withSavepoint<T>(tx: Db, work: () => Promise<T>): Promise<T> {
  await tx.query(sql`savepoint part`, { prepared: false })
  try {
    const result = await work()
    await tx.query(sql`release savepoint part`, { prepared: false })
    return result
  } catch (error) {
    await tx.query(sql`rollback to savepoint part`, { prepared: false })
    throw error
  }
}
