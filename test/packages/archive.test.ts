import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { PackageError } from '../../server/fhir/packages/package-error.ts'
import { type ArchiveLimits, archiveFiles, archiveLimits } from '../../server/packages/archive.ts'
import { type ArchivedFile, archiveOf, tarOf } from '../support/package-archive.ts'

async function filesOf(archive: Buffer, limits: Partial<ArchiveLimits> = {}): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for await (const { path, bytes } of archiveFiles(archive, { ...archiveLimits, ...limits }))
    files[path] = bytes.toString()
  return files
}

async function refusal(archive: Buffer, limits: Partial<ArchiveLimits> = {}): Promise<string> {
  const error = await filesOf(archive, limits).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(PackageError)
  return (error as Error).message
}

test('files are read one after the other, folders are left out', async () => {
  const archive = await archiveOf([
    { name: 'package', type: 'directory' },
    { name: 'package/a.json', content: '{}' },
    { name: './package/b.json', content: 'ä'.repeat(100_000) },
    { name: 'package/empty.json' },
  ])
  expect(await filesOf(archive)).toEqual({
    'package/a.json': '{}',
    'package/b.json': 'ä'.repeat(100_000),
    'package/empty.json': '',
  })
})

describe('an archive is refused', () => {
  test.each<[string, ArchivedFile, string]>([
    ['with a path that leads out', { name: 'package/../../etc/passwd', content: 'x' }, 'leads out'],
    ['with two dots alone', { name: '..', content: 'x' }, 'leads out'],
    ['with an absolute path', { name: '/etc/passwd', content: 'x' }, 'leads out'],
    ['with a path of Windows', { name: 'C:/x', content: 'x' }, 'leads out'],
    ['with backslashes', { name: 'package\\..\\x', content: 'x' }, 'leads out'],
    ['with a symbolic link', { name: 'package/x', type: 'symlink', linkname: '/etc/passwd' }, 'a link'],
    ['with a hard link', { name: 'package/x', type: 'link', linkname: 'package/y' }, 'a link'],
    ['with a device', { name: 'package/x', type: 'character-device' }, 'no file'],
    ['with a pipe', { name: 'package/x', type: 'fifo' }, 'no file'],
  ])('%s', async (_case, file, expected) => {
    expect(await refusal(await archiveOf([{ name: 'package/a', content: 'a' }, file]))).toContain(expected)
  })

  test('that is cut off, wherever', async () => {
    const archive = await archiveOf([{ name: 'package/a.json', content: 'x'.repeat(5000) }])
    for (const length of [0, 5, 20, archive.length - 9, archive.length - 1]) {
      expect(await refusal(archive.subarray(0, length))).toContain('cannot be unpacked')
    }
  })

  test('whose tar is cut off inside a whole gzip', async () => {
    const tar = await tarOf([{ name: 'package/a.json', content: 'x'.repeat(5000) }])
    expect(await refusal(gzipSync(tar.subarray(0, 3000)))).toContain('cannot be unpacked')
  })

  test.each([
    ['that is no gzip', Buffer.from('hello')],
    ['that is gzip of no tar', gzipSync('x'.repeat(2000))],
    ['with a wrong checksum', Buffer.concat([gzipSync('x'.repeat(2000)).subarray(0, -8), Buffer.alloc(8)])],
  ])('%s', async (_case, archive) => {
    expect(await refusal(archive)).toContain('cannot be unpacked')
  })

  test('with a file that is too large, before it is read', async () => {
    const archive = await archiveOf([{ name: 'package/a', content: Buffer.alloc(2000) }])
    expect(await refusal(archive, { file: 1999 })).toBe('The file package/a is larger than 1999 bytes.')
  })

  test('with too many files', async () => {
    const archive = await archiveOf(Array.from({ length: 11 }, (_, i) => ({ name: `package/${i}`, content: 'x' })))
    expect(await refusal(archive, { files: 10 })).toContain('more than 10 files')
  })

  test('that is a bomb, early', async () => {
    const bomb = gzipSync(await tarOf([{ name: 'package/a', content: Buffer.alloc(90_000_000) }]))
    expect(bomb.length).toBeLessThan(100_000)
    const before = process.memoryUsage().arrayBuffers
    expect(await refusal(bomb)).toContain(`too much for one of ${bomb.length} bytes`)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60_000_000)
  })

  test('that is a bomb of many layers of nothing', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    expect(await refusal(bomb)).toContain('too much for one')
  })
})
