// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources are quoted
/** Bugs to be put into the sources, one at a time: `mutants.ts` says whether the tests tell. */

export interface Mutant {
  readonly place: string
  readonly file: string
  readonly from: string
  readonly to: string
  /** Whose requests are to tell; a patient's app where it is not said. */
  readonly kind?: string
}

const open = "{ kind: 'open' }"

export const mutants: readonly Mutant[] = [
  {
    place: 'read',
    file: 'server/store/read-batches.ts',
    from: "where ${condition} and ${predicateSql(reach, raw('r'))}",
    to: 'where ${condition}',
  },
  {
    place: 'search',
    file: 'server/fhir/search/page.ts',
    from: 'access: accessCondition(left, scope)',
    to: "access: accessCondition({ kind: 'all' }, scope)",
  },
  {
    place: 'total',
    file: 'server/fhir/search/page.ts',
    from: 'const rest = [...others, visible(compiler.access, type, alias)]',
    to: 'const rest = others',
  },
  {
    place: 'estimated total',
    file: 'server/interactions/search.ts',
    from: "mode !== 'accurate' && context.definitions.resourceTypes.every((type) => reachesAll(compiler.access, type))",
    to: "mode !== 'accurate'",
  },
  {
    place: 'sort',
    file: 'server/fhir/search/order.ts',
    from: '  refuseHiddenParameter(scope.compiler.access, scope.type, parameter!)\n',
    to: '',
    kind: 'a receptionist',
  },
  {
    place: 'include',
    file: 'server/fhir/search/include.ts',
    from: "alias, accessFor(compiler.access, 'rs'))",
    to: `alias, ${open})`,
  },
  {
    place: 'revinclude',
    file: 'server/fhir/search/include.ts',
    from: "raw('i'), compiler.access)]",
    to: `raw('i'), ${open})]`,
  },
  {
    place: 'chain',
    file: 'server/fhir/search/conditions.ts',
    from: 'selectFrom(type, criterion, scope.compiler)',
    to: `selectFrom(type, criterion, { ...scope.compiler, access: ${open} })`,
  },
  {
    place: '_has',
    file: 'server/fhir/search/conditions.ts',
    from: 'selectFrom(type, next, scope.compiler)',
    to: `selectFrom(type, next, { ...scope.compiler, access: ${open} })`,
  },
  {
    place: 'chain of a _filter',
    file: 'server/fhir/search/filter.ts',
    from: ' and ${visible(compiler.access, type, inner.alias)}',
    to: '',
  },
  {
    place: 'what is contained',
    file: 'server/fhir/search/contained.ts',
    from: '          and ${visible(access, type, container)}))`',
    to: '          ))`',
  },
  {
    place: '_list',
    file: 'server/interactions/search-compiler.ts',
    from: 'accessFor(context.access, need), type, key)',
    to: `type === 'List' ? ${open} : accessFor(context.access, need), type, key)`,
  },
  {
    place: 'history: versions of others',
    file: 'server/store/history.ts',
    from: "old ? visibleVersion(access, type, raw('r'), tableOf(type)) :",
    to: "old ? raw('true') :",
  },
  {
    place: 'history: what a resource has become',
    file: 'server/access/access.ts',
    from: 'and coalesce(\n',
    to: 'and coalesce(true,\n',
  },
  {
    place: 'history of the system: positions in the log',
    file: 'server/interactions/history.ts',
    from: "const seesAll = context.access.kind === 'open'",
    to: "const seesAll = context.access.kind !== 'open' || true",
  },
  {
    place: 'vread of the current version',
    file: 'server/store/resources.ts',
    from: 'and version = ${version} and ${visible(access, type, alias)}',
    to: 'and version = ${version}',
  },
  {
    place: 'vread of an old version',
    file: 'server/store/resources.ts',
    from: 'where pk = ${key} and version = ${version}\n      and ${visibleVersion(access, type, alias, tableOf(type))}',
    to: 'where pk = ${key} and version = ${version}',
  },
  {
    place: 'whether it was deleted',
    file: 'server/store/resources.ts',
    from: 'content is null\n      and ${visibleVersion(access, type, alias, tableOf(type))}',
    to: 'content is null',
  },
  {
    place: 'conditional create, update, patch and delete',
    file: 'server/interactions/conditional.ts',
    from: "const searching = contextFor(context, 's')",
    to: `const searching: Context = { ...context, access: ${open} }`,
    kind: 'an app launched for a patient',
  },
  {
    place: 'conditional references',
    file: 'server/interactions/resolve.ts',
    from: "const searching = accessFor(access, 's')",
    to: `const searching = { ...accessFor(access, 's'), ...({ kind: 'open' } as const) }`,
    kind: 'an app launched for a patient',
  },
  {
    place: 'update',
    file: 'server/store/resources.ts',
    from: 'ifReached(updating, version.type, version.key, put)',
    to: 'put',
    kind: 'an app launched for a patient',
  },
  {
    place: 'delete',
    file: 'server/store/resources.ts',
    from: 'ifReached(deleting, type, key, remove)',
    to: 'remove',
    kind: 'an app launched for a patient',
  },
  {
    place: 'what a transaction changes',
    file: 'server/store/bulk-write.ts',
    from: "withinReach(changes, (need) => visible(accessFor(access, need), type, raw('r')))",
    to: "raw('true')",
    kind: 'an app launched for a patient',
  },
  {
    place: 'GraphQL: a resource by its id',
    file: 'server/operations/graphql/loader.ts',
    from: "const access = accessFor(given, 'r')",
    to: `const access = ((_) => ${open} as const)(given)`,
  },
  {
    place: 'GraphQL: searches',
    file: 'server/operations/graphql/searches.ts',
    from: "const context = contextFor(execution.context, 's')",
    to: `const context = { ...execution.context, access: ${open} as const }`,
  },
  {
    place: '$everything',
    file: 'server/operations/everything.ts',
    from: "const context = contextFor(given, 's')",
    to: `const context: Context = { ...given, access: ${open} }`,
  },
  {
    place: '$lastn',
    file: 'server/fhir/search/lastn.ts',
    from: 'all([...conditionsOf(criteria, scope), visible(compiler.access, type, alias)])',
    to: 'all([...conditionsOf(criteria, scope)])',
  },
  {
    place: '$meta of a type',
    file: 'server/store/meta.ts',
    from: "where ${present} and ${visible(access, type, raw('r'))} offset 0",
    to: 'where ${present} offset 0',
  },
  {
    place: '$diff',
    file: 'server/operations/resource-diff.ts',
    from: "const context = contextFor(given, 'r')",
    to: `const context: Context = { ...given, access: ${open} }`,
  },
  {
    place: 'explain: numbers within the scope',
    file: 'server/interactions/explain.ts',
    from: '} else if (access.explains) {',
    to: '} else {',
    kind: 'a receptionist',
  },
  {
    place: 'explain: numbers beyond the scope',
    file: 'server/interactions/explain.ts',
    from: 'if (ofApp) {',
    to: "if (ofApp && name === '') {",
    kind: 'an app launched for a patient',
  },
  {
    place: 'explain: the plan',
    file: 'server/interactions/explain.ts',
    from: "if (access.kind === 'grant' && !access.administers) return issues",
    to: "if (access.kind === 'grant' && access.administers) return issues",
  },
  {
    place: 'hidden elements',
    file: 'server/access/hidden.ts',
    from: "if (access.kind === 'open' || !access.hidesSomething) return content\n",
    to: "if (access.kind === 'open' || access.hidesSomething) return content\n",
    kind: 'a receptionist',
  },
  {
    place: 'searches by hidden elements',
    file: 'server/fhir/search/conditions.ts',
    from: "refuseHiddenParameter(scope.compiler.access, scope.type, parameter)\n  if (modifier === 'missing')",
    to: "if (modifier === 'missing')",
    kind: 'a receptionist',
  },
  {
    place: 'chains along hidden elements',
    file: 'server/fhir/search/conditions.ts',
    from: 'refuseHiddenParameter(scope.compiler.access, scope.type, parameter)\n  const conditions = next',
    to: 'const conditions = next',
    kind: 'a receptionist',
  },
  {
    place: '_has along hidden elements',
    file: 'server/fhir/search/conditions.ts',
    from: '  refuseHiddenParameter(scope.compiler.access, type, parameter)\n',
    to: '',
    kind: 'a receptionist',
  },
  {
    place: '_filter by hidden elements',
    file: 'server/fhir/search/filter.ts',
    from: '  refuseHiddenParameter(compiler.access, scope.type, parameter)\n',
    to: '',
    kind: 'a receptionist',
  },
  {
    place: 'security labels',
    file: 'server/access/grant-rows.ts',
    from: '  return withoutLabels(type, grant.world.restrictedLabels, role.labels, grant.world)',
    to: '  return everyRow',
    kind: 'a nurse',
  },
  {
    place: 'results held for review',
    file: 'server/access/grant-rows.ts',
    from: "  if (interaction === 'c' || !heldTypes.has(type)) return everyRow",
    to: '  return everyRow',
    kind: "a patient's app",
  },
  {
    place: 'consents',
    file: 'server/access/grant-rows.ts',
    from: '  return not(withheldBy(grant.world.consents, grant, type, interaction))',
    to: "  return interaction === 'r' ? not(withheldBy(grant.world.consents, grant, type, interaction)) : everyRow",
    kind: 'a nurse',
  },
  {
    place: 'criteria of scopes',
    file: 'server/access/grant-rows.ts',
    from: 'allOf([inContext[context](grant, type, interaction), meetsCriteria(type, criteria, grant.world)])',
    to: 'inContext[context](grant, type, interaction)',
    kind: 'an app with criteria',
  },
  {
    place: 'shared types that tell of patients',
    file: 'server/access/grant-rows.ts',
    from: 'return sharedTypes.has(type) ? union({ terms: [sharedTerm(indexes.terms)] }) : noRow',
    to: 'return sharedTypes.has(type) && sharedTerm(indexes.terms) ? everyRow : noRow',
  },
  {
    place: 'security contexts of Binaries',
    file: 'server/access/binary-rows.ts',
    from: 'return types.length === definitions.resourceTypes.length ? everyRow : withContextOf(types, indexes.terms)',
    to: 'return types.length >= 0 ? everyRow : withContextOf(types, indexes.terms)',
    kind: 'a nurse',
  },
  {
    place: 'the resource that is a security context',
    file: 'server/access/binary-rows.ts',
    from: 'return allOf([access.for(asked).rows(type), ',
    to: 'return allOf([access.for(asked).rows(type) && everyRow, ',
    kind: 'a nurse',
  },
]
