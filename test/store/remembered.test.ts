/** What processes remember of the database. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { type Remembered, remember } from '../../server/store/remembered.ts'

/** A database with one number, and a clock. */
class World {
  stored = 1
  time = 0
  loads = 0
  isReachable = true
  /** What a load waits for between reading and answering. */
  delay = Promise.resolve()

  async open(): Promise<Remembered<{ version: number }>> {
    opened = await remember({
      load: async () => {
        this.loads++
        const version = this.read()
        await this.delay
        return { version }
      },
      isCurrent: async ({ version }) => this.read() === version,
      now: () => this.time,
    })
    return opened
  }

  private read(): number {
    if (!this.isReachable) throw new Error('The database cannot be reached.')
    return this.stored
  }
}

let opened: Remembered<{ version: number }> | undefined
afterEach(() => opened?.close())

describe('what is remembered', () => {
  test('is answered without asking, and is the same object, until it changes', async () => {
    const world = new World()
    const remembered = await world.open()
    const first = remembered.current
    expect(await remembered.latest()).toBe(first)
    expect(await remembered.refresh()).toBe(first)
    expect(remembered.known()).toBe(first)
    expect(world.loads).toBe(1)
  })

  test('is loaded again within a second of a change by another process', async () => {
    const world = new World()
    const remembered = await world.open()
    world.stored = 2
    expect(await remembered.latest()).toEqual({ version: 1 })
    await expect.poll(() => remembered.current, { timeout: 1000 }).toEqual({ version: 2 })
  })

  test('is compared with the database for two seconds after a change by this process', async () => {
    const world = new World()
    const remembered = await world.open()
    remembered.changing()
    world.stored = 2
    expect(remembered.known()).toBeUndefined()
    expect(await remembered.latest()).toEqual({ version: 2 })
    world.time = 1999
    expect(remembered.known()).toBeUndefined()
    world.time = 2000
    expect(remembered.known()).toEqual({ version: 2 })
  })

  test('is not what a load found that began before the change', async () => {
    const world = new World()
    const remembered = await world.open()
    const { promise, resolve } = Promise.withResolvers<void>()
    world.delay = promise
    world.stored = 2
    const early = remembered.refresh()
    await expect.poll(() => world.loads).toBe(2)
    world.stored = 3
    const late = remembered.refresh()
    resolve()
    expect(await late).toEqual({ version: 3 })
    expect(await early).toEqual({ version: 3 })
    // The first load, the one that was too old, and one for both who waited.
    expect(world.loads).toBe(3)
  })

  test('stays while the database cannot be reached, and those who ask are told', async () => {
    const world = new World()
    const remembered = await world.open()
    world.isReachable = false
    world.stored = 2
    await expect(remembered.refresh()).rejects.toThrow('cannot be reached')
    await sleep(400)
    expect(remembered.current).toEqual({ version: 1 })
    world.isReachable = true
    await expect.poll(() => remembered.current, { timeout: 1000 }).toEqual({ version: 2 })
  })

  test('is not looked at any more once it is closed', async () => {
    const world = new World()
    const remembered = await world.open()
    await remembered.close()
    world.stored = 2
    await sleep(700)
    expect(remembered.current).toEqual({ version: 1 })
  })
})
