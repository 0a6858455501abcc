/** The schema without a server, for what needs no data. */
import { tmpdir } from 'node:os'
import { searchIndexes, standardState } from '../../../server/fhir/search/search-indexes.ts'
import { createTerms } from '../../../server/fhir/search/term.ts'
import { schemasFor } from '../../../server/operations/graphql/schema.ts'
import { loadDefinitions } from '../../../server/packages.ts'

export const definitions = loadDefinitions(tmpdir())

export const indexes = searchIndexes({
  definitions,
  terms: createTerms([1, 2, 3, 4]),
  base: 'http://localhost/fhir',
  fallback: () => () => {},
})(standardState)

export const schemas = schemasFor(definitions, indexes)
