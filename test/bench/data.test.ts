import { expect, test } from 'vitest'
import { validateStructure } from '../../server/fhir/validation/structure.ts'
import { loadDefinitions } from '../../server/packages.ts'
import { chartOf, resourcesOf, worldOf } from './data.ts'

const world = worldOf(5000)
const resources = [...resourcesOf(world)]

test('a world has about as many resources as were asked for', () => {
  expect(Math.abs(resources.length - 5000)).toBeLessThan(500)
})

test('the same number of rows makes the same world', () => {
  expect([...resourcesOf(worldOf(5000))].at(-1)).toEqual(resources.at(-1))
})

test('about six of ten resources are Observations of 1.1 to 1.4 kB', () => {
  const observations = resources.filter((resource) => resource['resourceType'] === 'Observation')
  const bytes = observations.reduce((sum, one) => sum + JSON.stringify(one).length, 0) / observations.length
  expect(observations.length / resources.length).toBeCloseTo(0.6, 0)
  expect(bytes).toBeGreaterThan(1100)
  expect(bytes).toBeLessThan(1400)
})

test('every resource has an id of its own and is valid', () => {
  const definitions = loadDefinitions('.data')
  expect(new Set(resources.map((r) => `${r['resourceType']}/${r['id']}`)).size).toBe(resources.length)
  const issues = resources.slice(0, 1500).flatMap((resource) => validateStructure(resource, definitions))
  expect(issues).toEqual([])
})

test('every reference is to a resource that was loaded before', () => {
  const loaded = new Set<string>()
  const dangling: string[] = []
  for (const resource of resources) {
    for (const [, reference] of JSON.stringify(resource).matchAll(/"reference":"([^"]+)"/g)) {
      if (!loaded.has(reference!)) dangling.push(reference!)
    }
    loaded.add(`${resource['resourceType']}/${resource['id']}`)
  }
  expect(dangling).toEqual([])
})

test('a chart is the part of the world that belongs to its patient', () => {
  const [patient] = chartOf(world, 3)
  const chart = new Set([...chartOf(world, 3)].map((resource) => resource['id']))
  const mentions = resources.filter((r) => JSON.stringify(r).includes(`Patient/${patient!['id']}`))
  expect(mentions.filter((resource) => !chart.has(resource['id']!))).toEqual([])
})
