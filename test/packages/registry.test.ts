import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { archiveCache } from '../../server/packages/archive-cache.ts'
import { MissingPackageError, openRegistry, type RegistryOptions } from '../../server/packages/registry.ts'
import { packageOf, type SampleRegistry, sampleRegistry } from '../support/package-archive.ts'

const name = 'test.sample'
const archive = await packageOf({})

let registry: SampleRegistry
let folder: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'candela-registry-'))
  registry = await sampleRegistry()
  registry.publish(name, '1.0.0', archive)
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await registry.close()
})

function client(limits: RegistryOptions['limits'] = {}, url = registry.url) {
  return openRegistry({ url, cache: archiveCache(join(folder, 'packages')), limits })
}

test('a package is fetched once, then kept', async () => {
  expect(await client().fetch(name, '1.0.0')).toEqual({ name, version: '1.0.0', archive })
  await registry.close()
  expect((await client().fetch(name, '1.0.0')).archive.equals(archive)).toBe(true)
  expect(registry.asked.map(({ path }) => path)).toEqual(['/test.sample', '/test.sample/-/1.0.0'])
})

test('what was kept and has changed since is fetched again', async () => {
  await client().fetch(name, '1.0.0')
  const [file] = readdirSync(join(folder, 'packages'))
  writeFileSync(join(folder, 'packages', file!), archive.subarray(0, 100))
  expect((await client().fetch(name, '1.0.0')).archive.equals(archive)).toBe(true)
  expect(registry.asked).toHaveLength(4)
})

test('the newest of a range, or what is tagged as the latest', async () => {
  for (const version of ['1.0.2', '1.0.10', '1.1.0']) registry.publish(name, version, archive)
  const fetch = async (wanted: string) => (await client().fetch(name, wanted)).version
  expect([await fetch('1.0.x'), await fetch('latest'), await fetch('1.x')]).toEqual(['1.0.10', '1.1.0', '1.1.0'])
})

test('where the registry cannot be reached, a range is answered by what was kept', async () => {
  await client().fetch(name, '1.0.0')
  await registry.close()
  expect((await client().fetch(name, '1.0.x')).version).toBe('1.0.0')
  await expect(client().fetch(name, '2.0.x')).rejects.toThrow(
    /cannot be fetched: .* cannot be reached \(ECONNREFUSED\)/,
  )
})

test('a package that only has a sha1 is checked by it', async () => {
  const shasum = createHash('sha1').update(archive).digest('hex')
  registry.publish(name, '1.0.0', archive, { integrity: null, shasum })
  expect((await client().fetch(name, '1.0.0')).archive.equals(archive)).toBe(true)
})

describe('nothing is kept of a package', () => {
  const sha1 = createHash('sha1').update(archive).digest('hex')
  test.each([
    [
      'whose integrity is wrong',
      { integrity: `sha512-${Buffer.alloc(64).toString('base64')}` },
      'not what its checksum',
    ],
    ['whose integrity is wrong and sha1 right', { integrity: 'sha512-AAAA', shasum: sha1 }, 'not what its checksum'],
    ['whose sha1 is wrong', { integrity: null, shasum: '0'.repeat(40) }, 'not what its checksum'],
    ['without a checksum', { integrity: null }, 'no checksum'],
    ['with a checksum that nobody knows', { integrity: 'md5-x' }, 'no checksum'],
    ['without an address', { tarball: null }, 'does not tell where'],
    ['that lies on another server without https', { tarball: 'http://127.0.0.2:1/x' }, 'must be public, with https'],
    ['that lies inside our own network', { tarball: 'https://10.0.0.1/x' }, 'must be public'],
    ['that lies inside by its name', { tarball: 'https://localhost:1/x' }, 'cannot be reached (EACCES)'],
    ['that is no file of the web', { tarball: 'file:///etc/passwd' }, 'must be public'],
  ])('%s', async (_case, dist, expected) => {
    registry.publish(name, '1.0.0', archive, dist)
    await expect(client().fetch(name, '1.0.0')).rejects.toThrow(expected)
    expect(archiveCache(join(folder, 'packages')).versions(name)).toEqual([])
  })
})

test.each([
  ['nobody.knows', '1.0.0', 'has no package nobody.knows@1.0.0'],
  [name, '9.0.0', 'has no version 9.0.0 of test.sample; it has 1.0.0.'],
])('%s@%s is missing', async (wanted, version, expected) => {
  const fetching = client().fetch(wanted, version)
  await expect(fetching).rejects.toThrow(expected)
  await expect(fetching).rejects.toThrow(MissingPackageError)
})

test('an unreleased build is not asked for', async () => {
  await expect(client().fetch(name, 'current')).rejects.toThrow("'current' is a build that changes")
  expect(registry.asked).toEqual([])
})

describe('a registry that misbehaves', () => {
  test.each<[string, SampleRegistry['answer'], string]>([
    ['answers no JSON', (_request, response) => !!response.end('<html>'), 'does not answer as a package registry'],
    ['answers other JSON', (_request, response) => !!response.end('[]'), 'does not answer as a package registry'],
    ['has a bad day', (_request, response) => !!response.writeHead(503).end(), 'status 503'],
    ['refuses', (_request, response) => !!response.writeHead(401).end(), 'status 401'],
    [
      'redirects in a circle',
      (request, response) => !!response.writeHead(302, { location: request.url }).end(),
      'redirects more than 5 times',
    ],
    [
      'redirects inside our network',
      (_request, response) => !!response.writeHead(302, { location: 'http://127.0.0.2/' }).end(),
      'must be public, with https',
    ],
    ['says nothing', () => true, 'cannot be reached (timeout)'],
    [
      'breaks off',
      (_request, response) => {
        response.writeHead(200, { 'content-length': 1000 }).write('{')
        setImmediate(() => response.destroy())
        return true
      },
      'broke off',
    ],
    [
      'drips',
      (_request, response) => {
        const timer = setInterval(() => response.write(' '), 20)
        response.on('close', () => clearInterval(timer))
        return true
      },
      'broke off',
    ],
  ])('and %s is told of', async (_case, answer, expected) => {
    registry.answer = answer
    await expect(client({ idle: 150, timeout: 400 }).fetch(name, '1.0.0')).rejects.toThrow(expected)
  })

  test.each([true, false])('and sends too much is cut off (told beforehand: %s)', async (told) => {
    registry.answer = (request, response) => {
      if (!request.url!.includes('/-/')) return false
      response.writeHead(200, told ? { 'content-length': 5000 } : {})
      response.end(Buffer.alloc(5000))
      return true
    }
    await expect(client({ archive: 1000 }).fetch(name, '1.0.0')).rejects.toThrow('larger than 1000 bytes')
  })
})

test('user and password go to the registry and nowhere else, and are never shown', async () => {
  const other = await sampleRegistry()
  const secret = registry.url.replace('//', '//me:pass%20word@')
  await client({}, secret).fetch(name, '1.0.0')
  expect(new Set(registry.asked.map(({ authorization }) => authorization))).toEqual(
    new Set([`Basic ${Buffer.from('me:pass word').toString('base64')}`]),
  )
  registry.publish(name, '2.0.0', archive, { tarball: `${other.url}/x` })
  const error = await client({}, secret)
    .fetch(name, '2.0.0')
    .catch((thrown: Error) => thrown)
  expect((error as Error).message).toContain('must be public')
  const missing = await client({}, secret)
    .fetch('a.b', '1')
    .catch((thrown: Error) => thrown)
  expect(`${(error as Error).message} ${(missing as Error).message}`).not.toMatch(/me:|pass/)
  expect(other.asked).toEqual([])
  await other.close()
})
