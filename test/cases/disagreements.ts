/** Cases where this server and the reference validator say different things, and why. */

const inTwoSentences = 'The reference tells a code outside a required value set in two errors, here it is one.'
const notAtHand = 'An extension’s definition comes from a package that is not among the case’s files.'

/** Where one finds errors and the other none. */
export const verdicts: Readonly<Record<string, string>> = {
  'contained-resource-bad-id-ignore': 'The case asks to overlook ids that are too long; storing them is refused here.',
  'extension-version-restriction-range-r4': 'The extension’s definition is of R5 and not among the case’s files.',
  'fixed-quantity-binding-observation-2 (profile)': 'The file of its profile is cut off in the middle.',
  'list-bad-reference': 'XXX/_history/1 names no resource type: the reference overlooks it.',
  'mr-m-cql-library': 'Whether a library defines a function takes reading its CQL.',
  'patient-circle2-bad-linked (profile)': 'The patient that must not conform is not among the case’s files.',
  'res-inv-example-good': notAtHand,
  'string-with-coding-async-qr': 'The value set takes the names of countries, of which only the codes are known here.',
  'vs-bad-ecl': 'Filters in the language of SNOMED CT are read by the terminology service, not by this check.',
}

/** Where both find errors, and not as many. */
export const counts: Readonly<Record<string, string>> = {
  'StructureDefinition-Slice23': 'Two rows of the differential slice one element: the reference tells that as well.',
  'aggregation-bundle-bad4 (profile)':
    'The reference tells a missing element for the profile and for its base; here it is one error.',
  'bundle-ea-testcase': 'Experimental content, and entries of a transaction without fullUrl, are no errors here.',
  'bundle-validation-location-2.xml': inTwoSentences,
  'capabilitystatement-measure-processor': 'Reading XML ends at an element that is none; the reference reads on.',
  'mr-single-not-subj-list': 'The subject’s reference is no reference, which the reference overlooks.',
  'obs-vs-1': 'The reference applies the profile of blood pressures by codes that it knows, claimed or not.',
  'open-choice-invalid-type-qr': 'An answer of a type that is none is told as such and as the wrong answer.',
  'opdef-params': 'Parameters of operations are not compared with the profiles of their Parameters resources.',
  'patient-bad-gender': inTwoSentences,
  'patient-bad-gender (profile)': inTwoSentences,
  'patient-circle2-bad-source2 (profile)': 'The patient in between is not among the case’s files.',
  'patient-extension-bad2': 'An element that is empty is one error here, and three for the reference.',
  'patient-with-turvakielto':
    'The Finnish code is not in the base specification’s table 0203; the reference asks a server for a later one.',
  'profile-missing-elements': inTwoSentences,
  'profile-patient-op3': 'Profiles of obligations came with R5 and are not read here.',
  'res-inv-example-good (profile)': notAtHand,
  synthea: inTwoSentences,
  'test-input-params-example1 (profile)': 'What a slice and its element both forbid is one error here.',
  'versioned-extension': 'The url with a version is one error here, and two for the reference.',
}
