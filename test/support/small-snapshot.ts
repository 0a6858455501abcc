/** A snapshot of SNOMED CT with a dozen concepts, as RF2 writes it. */
import type { Files } from './import-files.ts'
import { rf2, type snomedHeaders } from './snomed-release.ts'

const day = '20250101'
const module = '900000000000207008'
const primitive = '900000000000074008'
const defined = '900000000000073002'
const fullName = '900000000000003001'
const synonym = '900000000000013009'
const definition = '900000000000550004'
const isA = '116680003'
const inferred = '900000000000011006'

export const codes = {
  root: '138875005',
  finding: '404684003',
  heartDisease: '56265001',
  valveDisease: '368009',
  meniere: '13445001',
  retired: '155316000',
  structure: '123037004',
  heart: '80891009',
  valve: '17401000',
  stenosis: '415582006',
  morphology: '116676008',
  site: '363698007',
  strength: '1142135004',
  refset: '723264001',
  referenceSets: '900000000000455006',
  emptySet: '723276007',
  sameAs: '900000000000527005',
  defined,
  primitive,
  fullName,
} as const

type Row = readonly (string | number)[]

const concepts: readonly Row[] = Object.values(codes).map((code) => [
  code,
  code === codes.meniere ? '20240301' : '20020131',
  code === codes.retired ? 0 : 1,
  module,
  code === codes.valveDisease ? defined : primitive,
])

let item = 0
const described = (
  concept: string,
  type: string,
  term: string,
  more: { active?: number; language?: string } = {},
): Row => [
  `${1_000_000 + item++}01${item % 10}`,
  '20020131',
  more.active ?? 1,
  module,
  concept,
  more.language ?? 'en',
  type,
  term,
  '900000000000448009',
]

const descriptions: readonly Row[] = [
  described(codes.root, fullName, 'SNOMED CT Concept (SNOMED RT+CTV3)'),
  described(codes.finding, fullName, 'Clinical finding (finding)'),
  described(codes.finding, synonym, 'Clinical finding'),
  described(codes.heartDisease, fullName, 'Heart disease (disorder)'),
  described(codes.heartDisease, synonym, 'Disorder of heart'),
  described(codes.heartDisease, synonym, 'Heart disease'),
  described(codes.heartDisease, synonym, 'Cardiac illness', { active: 0 }),
  described(codes.valveDisease, fullName, 'Heart valve disorder (disorder)'),
  described(codes.valveDisease, synonym, 'Heart valve disorder'),
  described(codes.meniere, fullName, "Ménière's disease (disorder)"),
  described(codes.meniere, synonym, "Ménière's disease"),
  described(codes.meniere, synonym, 'Maladie de Ménière', { language: 'fr' }),
  described(codes.retired, fullName, 'Heart disease (& [valve "disease"]) (disorder)'),
  described(codes.heart, synonym, 'Heart structure'),
  described(codes.valve, synonym, 'Cardiac valve structure'),
  described(codes.site, synonym, 'Finding site'),
]

const idOf = (term: string) => descriptions.find((row) => row[7] === term)![0]!

const related = (source: string, target: string, group = 0, type: string = isA, active = 1): Row => [
  `${2_000_000 + item++}02${item % 10}`,
  '20020131',
  active,
  module,
  source,
  target,
  group,
  type,
  inferred,
  '900000000000451002',
]

const relationships: readonly Row[] = [
  related(codes.finding, codes.root),
  related(codes.structure, codes.root),
  related(codes.heartDisease, codes.finding),
  related(codes.meniere, codes.finding),
  related(codes.valveDisease, codes.heartDisease),
  related(codes.heart, codes.structure),
  related(codes.valve, codes.heart),
  related(codes.stenosis, codes.structure),
  related(codes.refset, codes.root),
  related(codes.referenceSets, codes.root),
  related(codes.emptySet, codes.referenceSets),
  related(codes.heartDisease, codes.heart, 1, codes.site),
  related(codes.valveDisease, codes.valve, 1, codes.site),
  related(codes.valveDisease, codes.stenosis, 1, codes.morphology),
  related(codes.meniere, codes.heart, 1, codes.site, 0),
]

const member = (refset: string, component: string | number, ...more: Row): Row => [
  `80000000-0000-4000-8000-${String(item++).padStart(12, '0')}`,
  '20020131',
  1,
  module,
  refset,
  component,
  ...more,
]
const preferred = '900000000000548007'
const [american, british, french] = ['900000000000509007', '900000000000508004', '722131000']

const language: readonly Row[] = [
  member(american, idOf('Disorder of heart'), '900000000000549004'),
  member(american, idOf('Heart disease'), preferred),
  member(british, idOf('Disorder of heart'), preferred),
  member(american, idOf("Ménière's disease"), preferred),
  member(french, idOf('Maladie de Ménière'), preferred),
]

const folder = 'SnomedCT_InternationalRF2_PRODUCTION_20250101T120000Z/Snapshot'

export const path = {
  concept: `${folder}/Terminology/sct2_Concept_Snapshot_INT_${day}.txt`,
  description: `${folder}/Terminology/sct2_Description_Snapshot-en_INT_${day}.txt`,
  definition: `${folder}/Terminology/sct2_TextDefinition_Snapshot-en_INT_${day}.txt`,
  relationship: `${folder}/Terminology/sct2_Relationship_Snapshot_INT_${day}.txt`,
  concrete: `${folder}/Terminology/sct2_RelationshipConcreteValues_Snapshot_INT_${day}.txt`,
  language: `${folder}/Refset/Language/der2_cRefset_LanguageSnapshot-en_INT_${day}.txt`,
  association: `${folder}/Refset/Content/der2_cRefset_AssociationSnapshot_INT_${day}.txt`,
  refset: `${folder}/Refset/Content/der2_Refset_SimpleSnapshot_INT_${day}.txt`,
} as const

const rows: Readonly<Record<keyof typeof path, readonly [header: keyof typeof snomedHeaders, rows: readonly Row[]]>> = {
  concept: ['Concept', concepts],
  description: ['Description', descriptions],
  definition: ['Description', [described(codes.heart, definition, 'The organ that pumps the blood.')]],
  relationship: ['Relationship', relationships],
  concrete: [
    'RelationshipConcreteValues',
    [[`${3_000_000}029`, day, 1, module, codes.meniere, '#12.5', 0, codes.strength, inferred, '900000000000451002']],
  ],
  language: ['Language', language],
  association: ['Association', [member(codes.sameAs, codes.retired, codes.heartDisease)]],
  refset: ['Refset', [member(codes.refset, codes.heart), member(codes.refset, codes.valve)]],
}

/** The files by their paths; with more rows in some. */
export function smallSnapshot(more: Partial<Record<keyof typeof path, readonly Row[]>> = {}): Files {
  const entries = (Object.keys(path) as (keyof typeof path)[]).map((kind) => {
    const [header, own] = rows[kind]
    return [path[kind], rf2(header, [...own, ...(more[kind] ?? [])])]
  })
  return Object.fromEntries(entries)
}

export { concepts, related }
