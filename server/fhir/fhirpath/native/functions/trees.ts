/** https://hl7.org/fhirpath/N1/#tree-navigation */
import { spendFor } from '../budget.ts'
import type { CompileCall } from '../compiled.ts'
import type { Functions } from '../functions.ts'
import { childrenOf } from '../members.ts'
import { anyType } from '../types.ts'
import type { Item } from '../values.ts'
import { collected, itemsOf } from '../values.ts'

const children: CompileCall = ({ input: { types, run }, site: { definitions } }) => ({
  types: anyType,
  run: (self, scope) =>
    collected(
      itemsOf(run(self, scope)).flatMap((item) => {
        const children = childrenOf(item, types, definitions)
        scope.environment.spend()
        spendFor(scope.environment.spend, children.length)
        return children
      }),
    ),
})

/** All elements below, equal ones as often as they stand there: ids that occur twice are looked for this way. */
const descendants: CompileCall = ({ input: { types, run }, site: { definitions } }) => ({
  types: anyType,
  run: (self, scope) => {
    const found: Item[] = []
    for (const item of itemsOf(run(self, scope))) found.push(...childrenOf(item, types, definitions))
    for (let i = 0; i < found.length; i++) {
      scope.environment.spend()
      for (const child of childrenOf(found[i]!, anyType, definitions)) found.push(child)
    }
    return collected(found)
  },
})

export const treeFunctions: Functions = {
  'children/0': children,
  'descendants/0': descendants,
}
