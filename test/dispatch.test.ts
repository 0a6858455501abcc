import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { findInteraction } from '../server/dispatch.ts'
import { OutcomeError } from '../server/fhir/outcome.ts'
import type { Method } from '../server/fhir/request.ts'
import { loadDefinitions } from '../server/packages.ts'

const definitions = loadDefinitions(tmpdir())

function codeOf(method: string, path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '')
  const request = { method: method as Method, path: segments, query: '', headers: {} }
  try {
    return findInteraction(request, definitions).code
  } catch (error) {
    if (error instanceof OutcomeError) return error.issues[0]!.code
    throw error
  }
}

test.each([
  ['GET', 'metadata', 'capabilities'],
  ['GET', 'Patient/1', 'read'],
  ['HEAD', 'Patient/1', 'read'],
  ['GET', 'Patient/metadata', 'read'],
  ['GET', 'Patient/1/_history/2', 'vread'],
  ['GET', 'Patient/1/_history', 'history-instance'],
  ['GET', 'Patient/_history', 'history-type'],
  ['GET', '_history', 'history-system'],
  ['POST', 'Patient', 'create'],
  ['PUT', 'Patient/1', 'update'],
  ['PATCH', 'Patient/1', 'patch'],
  ['DELETE', 'Patient/1', 'delete'],
  ['PUT', 'metadata', 'method-not-allowed'],
  ['GET', 'Patiant/1', 'unknown-type'],
  ['GET', 'Patient/1/_history/2/3', 'unknown-path'],
])('%s %s is %s', (method, path, code) => {
  expect(codeOf(method, path)).toBe(code)
})
