/** https://hl7.org/fhirpath/N1/#tree-navigation */
import type { Definitions } from '../../../definitions.ts'
import type { Spend } from '../budget.ts'
import { spendFor } from '../budget.ts'
import type { CompileCall } from '../compiled.ts'
import type { Functions } from '../functions.ts'
import { childrenOf, countChildren } from '../members.ts'
import type { Types } from '../types.ts'
import { anyType } from '../types.ts'
import type { Item } from '../values.ts'
import { collected, itemsOf } from '../values.ts'

const children: CompileCall = ({ input: { types, run }, site: { definitions } }) => ({
  types: anyType,
  run: (self, scope) => {
    const found: Item[] = []
    for (const item of itemsOf(run(self, scope))) addChildren(found, item, types, definitions, scope.environment.spend)
    return collected(found)
  },
  count: (self, scope, enough) => {
    let count = 0
    for (const item of itemsOf(run(self, scope))) {
      scope.environment.spend()
      count += countChildren(item, types, definitions, enough - count, scope.environment.spend)
      if (count >= enough) break
    }
    return count
  },
})

/** All elements below, equal ones as often as they stand there: ids that occur twice are looked for this way. */
const descendants: CompileCall = ({ input: { types, run }, site: { definitions } }) => ({
  types: anyType,
  run: (self, scope) => {
    const { spend } = scope.environment
    const found: Item[] = []
    for (const item of itemsOf(run(self, scope))) addChildren(found, item, types, definitions, spend)
    for (let i = 0; i < found.length; i++) addChildren(found, found[i]!, anyType, definitions, spend)
    return collected(found)
  },
})

function addChildren(list: Item[], item: Item, types: Types, definitions: Definitions, spend: Spend): void {
  const children = childrenOf(item, types, definitions, spend)
  spend()
  spendFor(spend, 4 * children.length)
  for (const child of children) list.push(child)
}

/** Functions that go down. */
export const treeFunctions: Functions = {
  'children/0': children,
  'descendants/0': descendants,
}
