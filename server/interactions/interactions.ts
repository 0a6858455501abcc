/** The interactions of the RESTful API: routes, Bundle entries and the CapabilityStatement derive from this table. */
import type { Interaction as ScopeInteraction } from '../access/scope.ts'
import type { Context } from '../context.ts'
import type { FhirReply, FhirRequest, Method } from '../fhir/request.ts'
import { bundle } from './bundle.ts'
import { capabilities } from './capabilities.ts'
import { conditionalDelete, conditionalPatch, conditionalUpdate } from './conditional.ts'
import { create } from './create.ts'
import { deleteInteraction } from './delete.ts'
import { historyInstance, historySystem, historyType } from './history.ts'
import { patch } from './patch.ts'
import { read } from './read.ts'
import { searchSystem, searchType } from './search.ts'
import { searchCompartment } from './search-compartment.ts'
import { update } from './update.ts'
import { vread } from './vread.ts'

export type Handler = (request: FhirRequest, context: Context) => Promise<FhirReply>

export interface Interaction {
  /** https://hl7.org/fhir/R4/valueset-restful-interaction.html */
  readonly code: string
  readonly method: Method
  /** `:type`, `:id`, `:version` and `:member` stand for one segment each, `$` for an operation. */
  readonly path: string
  /**
   * What must be allowed with the type that is searched, read or written. Empty where everybody may, or where the handler
   * finds out what is concerned.
   */
  readonly needs: readonly ScopeInteraction[]
  readonly handler: Handler
}

export const interactions: readonly Interaction[] = [
  { code: 'transaction', method: 'POST', path: '', needs: [], handler: bundle },
  { code: 'read', method: 'GET', path: ':type/:id', needs: ['r'], handler: read },
  { code: 'vread', method: 'GET', path: ':type/:id/_history/:version', needs: ['r'], handler: vread },
  { code: 'create', method: 'POST', path: ':type', needs: ['c'], handler: create },
  { code: 'search-type', method: 'GET', path: ':type', needs: ['s'], handler: searchType },
  { code: 'search-type', method: 'POST', path: ':type/_search', needs: ['s'], handler: searchType },
  { code: 'search-compartment', method: 'GET', path: ':type/:id/:member', needs: ['s'], handler: searchCompartment },
  {
    code: 'search-compartment',
    method: 'POST',
    path: ':type/:id/:member/_search',
    needs: ['s'],
    handler: searchCompartment,
  },
  { code: 'search-system', method: 'GET', path: '', needs: [], handler: searchSystem },
  { code: 'search-system', method: 'POST', path: '_search', needs: [], handler: searchSystem },
  { code: 'update', method: 'PUT', path: ':type/:id', needs: ['u'], handler: update },
  { code: 'update', method: 'PUT', path: ':type', needs: ['u', 's'], handler: conditionalUpdate },
  { code: 'delete', method: 'DELETE', path: ':type', needs: ['d', 's'], handler: conditionalDelete },
  { code: 'delete', method: 'DELETE', path: ':type/:id', needs: ['d'], handler: deleteInteraction },
  { code: 'patch', method: 'PATCH', path: ':type/:id', needs: ['u'], handler: patch },
  { code: 'patch', method: 'PATCH', path: ':type', needs: ['u', 's'], handler: conditionalPatch },
  { code: 'capabilities', method: 'GET', path: 'metadata', needs: [], handler: capabilities },
  { code: 'history-instance', method: 'GET', path: ':type/:id/_history', needs: ['r'], handler: historyInstance },
  { code: 'history-type', method: 'GET', path: ':type/_history', needs: ['s'], handler: historyType },
  { code: 'history-system', method: 'GET', path: '_history', needs: [], handler: historySystem },
]
