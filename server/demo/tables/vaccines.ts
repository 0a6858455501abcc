/** Vaccines (CVX) and when they are due. */
export interface VaccineRow {
  readonly cvx: string
  readonly display: string
  readonly name: string
  /** Ages in months at which a dose is due. */
  readonly due: readonly number[]
  /** Born at least and at most so many years ago; anyone where nothing is said. */
  readonly ages?: readonly [from: number, until: number]
  readonly site?: 'thigh' | 'mouth'
}

// biome-ignore format: one vaccine per line reads as a table
export const childVaccines: Readonly<Record<string, VaccineRow>> = {
  hepb: { cvx: '08', display: 'Hep B, adolescent or pediatric', name: 'Hepatitis B', due: [0, 2, 6], site: 'thigh' },
  rotavirus: { cvx: '119', display: 'rotavirus, monovalent', name: 'Rotavirus', due: [2, 4], site: 'mouth' },
  dtap: { cvx: '20', display: 'DTaP', name: 'Diphtheria, tetanus and whooping cough (DTaP)', due: [2, 4, 6, 15, 49], site: 'thigh' },
  hib: { cvx: '49', display: 'Hib (PRP-OMP)', name: 'Hib', due: [2, 4, 12], site: 'thigh' },
  pcv: { cvx: '133', display: 'Pneumococcal conjugate PCV 13', name: 'Pneumococcal (PCV)', due: [2, 4, 6, 12], site: 'thigh' },
  polio: { cvx: '10', display: 'IPV', name: 'Polio', due: [2, 4, 9, 49], site: 'thigh' },
  mmr: { cvx: '03', display: 'MMR', name: 'Measles, mumps and rubella', due: [12, 49] },
  varicella: { cvx: '21', display: 'varicella', name: 'Chickenpox', due: [12, 49] },
  hepa: { cvx: '83', display: 'Hep A, ped/adol, 2 dose', name: 'Hepatitis A', due: [12, 18] },
  tdap: { cvx: '115', display: 'Tdap', name: 'Tetanus, diphtheria and whooping cough (Tdap)', due: [133] },
  hpv: { cvx: '165', display: 'HPV9', name: 'HPV', due: [133, 145] },
  menacwy: { cvx: '114', display: 'meningococcal MCV4P', name: 'Meningitis (MenACWY)', due: [133, 193] },
}

// biome-ignore format: one vaccine per line reads as a table
export const adultVaccines: Readonly<Record<string, VaccineRow>> = {
  td: { cvx: '113', display: 'Td (adult), 5 Lf tetanus toxoid, preservative free, adsorbed', name: 'Tetanus booster (Td)', due: [372, 492, 612, 732, 852, 972, 1092] },
  zoster: { cvx: '187', display: 'zoster recombinant', name: 'Shingles', due: [602, 605] },
  pcv20: { cvx: '216', display: 'Pneumococcal conjugate PCV20, polysaccharide CRM197 conjugate, adjuvant, PF', name: 'Pneumococcal (PCV20)', due: [781] },
}

/** Offered each fall. */
export const influenza: VaccineRow = {
  cvx: '140',
  display: 'Influenza, seasonal, injectable, preservative free',
  name: 'Flu shot',
  due: [],
}
export const influenzaHighDose: VaccineRow = {
  cvx: '197',
  display: 'influenza, high-dose, quadrivalent',
  name: 'Flu shot, high dose',
  due: [],
}
export const covid: VaccineRow = {
  cvx: '309',
  display: 'COVID-19, mRNA, LNP-S, PF, tris-sucrose, 30 mcg/0.3 mL',
  name: 'COVID-19',
  due: [],
}
