/**
 * `_explain=true`: the parsed query, the statement, the indexes used and the rows visited; and what else left matches out,
 * to staff with how many.
 */
import type { GrantAccess } from '../access/access.ts'
import { allOf, not, type Predicate } from '../access/predicate.ts'
import type { Context } from '../context.ts'
import type { Issue } from '../fhir/outcome.ts'
import { segmentsOf } from '../fhir/search/order.ts'
import { pageQuery } from '../fhir/search/page.ts'
import { type Compiler, scopeOf } from '../fhir/search/scope.ts'
import type { SearchRequest } from '../fhir/search/search-request.ts'
import { statement } from '../sql.ts'
import { explain, type Plan } from '../store/search.ts'
import { countOf } from './count.ts'

export async function explainOutcome(request: SearchRequest, compiler: Compiler, context: Context): Promise<Issue[]> {
  const { access } = compiler
  const issues: Issue[] = access.kind === 'grant' ? await withheldIssues(request, compiler, access, context) : []
  // What a statement visits tells of rows that are not seen.
  if (access.kind === 'grant' && !access.administers) return issues
  const statistics = await context.store.statistics.statistics(request.types, context.now())
  for (const type of request.types) {
    const criteria = request.criteria.get(type) ?? []
    const parsed = criteria.map((criterion) => `${criterion.name} (${criterion.kind})`).join(', ')
    issues.push(information(`parsed: ${type} where ${parsed || 'everything'}`))
    const scope = scopeOf(type, compiler)
    for (const segment of segmentsOf(request.sort, scope)) {
      const page = pageQuery(criteria, segment, scope, { backwards: false, limit: request.count + 1 }, statistics)
      const plan = await explain(context.store.searchDb, page.query, true)
      issues.push(information(`shape: ${page.shape}; statement: ${statement(page.query).text.replace(/\s+/g, ' ')}`))
      issues.push(information(planText(plan)))
    }
  }
  return issues
}

/** What keeps matches from the caller: scopes by name, as an app learns nothing beyond them; within them numbers alone. */
async function withheldIssues(
  request: SearchRequest,
  compiler: Compiler,
  access: GrantAccess,
  context: Context,
): Promise<Issue[]> {
  const issues: Issue[] = []
  for (const type of request.types) {
    const criteria = request.criteria.get(type) ?? []
    const passed: Predicate[] = []
    for (const { name, passes, ofApp } of access.layers(type)) {
      if (ofApp) {
        if (passes.kind !== 'all') issues.push(information(`${type} limited by ${name}`))
      } else if (access.explains) {
        const stopped = reaching(access, type, allOf([...passed, not(passes)]))
        const count = await countOf(type, criteria, { ...compiler, access: stopped }, context)
        if (count > 0) issues.push(information(`${count} of ${type} left out by ${name}`))
      }
      passed.push(passes)
    }
  }
  return issues
}

/** The same access, but for rows of one type. */
function reaching(access: GrantAccess, type: string, rows: Predicate): GrantAccess {
  return { ...access, rows: (one) => (one === type ? rows : access.rows(one)) }
}

function information(reason: string): Issue {
  return { code: 'all-ok', params: { reason }, severity: 'information' }
}

function planText(plan: Plan): string {
  const nodes = nodesOf(plan)
  const indexes = [...new Set(nodes.map((node) => node['Index Name']).filter(Boolean))]
  const scans = nodes.filter((node) => String(node['Node Type']).includes('Scan'))
  const visited = scans.reduce((sum, node) => {
    const loops = Number(node['Actual Loops'] ?? 1)
    return sum + (Number(node['Actual Rows'] ?? 0) + Number(node['Rows Removed by Filter'] ?? 0)) * loops
  }, 0)
  const buffers = Number(plan['Shared Hit Blocks'] ?? 0) + Number(plan['Shared Read Blocks'] ?? 0)
  return `indexes: ${indexes.join(', ') || 'none (sequential scan)'}; rows visited: ${Math.round(visited)}; buffers: ${buffers}; rows returned: ${plan['Actual Rows']}`
}

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...((plan['Plans'] as Plan[] | undefined) ?? []).flatMap(nodesOf)]
}
