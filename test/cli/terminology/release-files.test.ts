import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWith } from '../../../server/cli/terminology/readers.ts'
import { openReleaseFiles } from '../../../server/cli/terminology/release-files.ts'
import { snomed } from '../../../server/cli/terminology/snomed/snomed.ts'
import { path, smallSnapshot } from '../../support/small-snapshot.ts'
import { type ZipEntry, zipOf } from '../../support/zip.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'candela-archives-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0
function written(bytes: Buffer): string {
  const place = join(folder, `${count++}.zip`)
  writeFileSync(place, bytes)
  return place
}

const snapshot: readonly ZipEntry[] = Object.entries(smallSnapshot()).map(([name, content]) => ({
  path: name,
  content: String(content),
}))

/** With one of its files changed. */
function changed(name: string, more: Partial<ZipEntry>): ZipEntry[] {
  return snapshot.map((entry) => (entry.path === name ? { ...entry, ...more } : entry))
}

async function readAll(place: string): Promise<string[]> {
  const release = await openWith(snomed, place, () => {})
  const codes: string[] = []
  try {
    for await (const { code } of release.concepts) codes.push(code)
  } finally {
    release.close?.()
  }
  return codes
}

describe('an archive', () => {
  test('is read where it lies, without shadows that a Mac leaves', async () => {
    const shadow = { path: `__MACOSX/._${path.concept.split('/').at(-1)}`, content: 'x' }
    const { files, close } = await openReleaseFiles(written(zipOf([shadow, ...snapshot])))
    close()
    expect(files.map((file) => file.path)).toEqual(snapshot.map((entry) => entry.path))
    expect(await readAll(written(zipOf(snapshot)))).toHaveLength(20)
  })

  const whole = zipOf(snapshot)
  test.each([
    ['cut off at its end', whole.subarray(0, whole.length - 100), 'cannot be read'],
    ['cut off in its midst', Buffer.concat([whole.subarray(0, 300), whole.subarray(600)]), 'cannot be read'],
    ['with a path that leads out of it', zipOf([{ path: '../../etc/passwd', content: 'x' }]), 'invalid relative path'],
    ['with a path from the root', zipOf([{ path: '/etc/passwd', content: 'x' }]), 'absolute path'],
    ['whose files are larger than they say', zipOf(changed(path.concept, { size: 10 })), 'cannot be read'],
    [
      'whose checksum is wrong',
      zipOf(changed(path.concept, { crc: 1 })),
      `'${path.concept}' cannot be read: its checksum`,
    ],
    [
      'that would unpack to what no release has',
      zipOf(changed(path.concept, { content: Buffer.alloc(120_000_000) })),
      `'${path.concept}' would unpack to 120000000 bytes`,
    ],
    [
      'with a line that has no end',
      zipOf(changed(path.concept, { content: Buffer.alloc(3_000_000, 'x') })),
      'line 1: The line is longer than 1048576 bytes',
    ],
  ])('%s is refused', async (_case, bytes, expected) => {
    await expect(readAll(written(bytes))).rejects.toThrow(expected)
  })

  test('with files that overlap is refused', async () => {
    const bytes = zipOf(Array.from({ length: 50 }, (_, i) => ({ path: `${i}.txt`, content: 'x'.repeat(2000) })))
    // All entries of the directory point to the first file, and claim to be as large as the archive.
    for (let at = bytes.indexOf('PK\u0001\u0002'); at >= 0; at = bytes.indexOf('PK\u0001\u0002', at + 1)) {
      bytes.writeUInt32LE(0, at + 42)
      bytes.writeUInt32LE(bytes.length - 100, at + 20)
    }
    await expect(readAll(written(bytes))).rejects.toThrow('Its files overlap')
  })
})

test('a path where nothing lies is told', async () => {
  await expect(openReleaseFiles(join(folder, 'none'))).rejects.toThrow('There is no file or folder')
})
