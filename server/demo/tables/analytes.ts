/** What the laboratory measures: LOINC, UCUM, reference ranges, and how values usually spread in healthy people. */
export interface AnalyteRow {
  readonly loinc: string
  readonly display: string
  /** What patients read. */
  readonly name: string
  readonly unit: string
  /** UCUM, where it differs from `unit`. */
  readonly code?: string
  readonly low?: number
  readonly high?: number
  /** Ranges of women where they differ. */
  readonly female?: readonly [low: number, high: number]
  /** Below or above these the laboratory telephones. */
  readonly critical?: readonly [low: number, high: number]
  readonly decimals: number
  readonly typical: readonly [mean: number, deviation: number]
  readonly femaleMean?: number
  /** Before the twelfth birthday. */
  readonly child?: { readonly low: number; readonly high: number; readonly mean: number }
  /** Calculated from the other values of the same panel instead of measured. */
  readonly derived?: (value: (analyte: string) => number, person: Measured) => number
}

/** What a calculation may know of the person. */
export interface Measured {
  readonly age: number
  readonly female: boolean
}

/** By key; panels list what they measure. */
// biome-ignore format: one analyte per line reads as a table
export const analytes: Readonly<Record<string, AnalyteRow>> = {
  sodium: { loinc: '2951-2', display: 'Sodium [Moles/volume] in Serum or Plasma', name: 'Sodium', unit: 'mmol/L', low: 135, high: 145, critical: [120, 160], decimals: 0, typical: [139.5, 1.8] },
  potassium: { loinc: '2823-3', display: 'Potassium [Moles/volume] in Serum or Plasma', name: 'Potassium', unit: 'mmol/L', low: 3.5, high: 5.1, critical: [2.8, 6.2], decimals: 1, typical: [4.3, 0.25] },
  chloride: { loinc: '2075-0', display: 'Chloride [Moles/volume] in Serum or Plasma', name: 'Chloride', unit: 'mmol/L', low: 98, high: 107, decimals: 0, typical: [102.5, 1.6] },
  carbonDioxide: { loinc: '2028-9', display: 'Carbon dioxide, total [Moles/volume] in Serum or Plasma', name: 'Carbon dioxide', unit: 'mmol/L', low: 22, high: 29, decimals: 0, typical: [25.5, 1.3] },
  urea: { loinc: '3094-0', display: 'Urea nitrogen [Mass/volume] in Serum or Plasma', name: 'Urea nitrogen (BUN)', unit: 'mg/dL', low: 7, high: 20, decimals: 0, typical: [13.5, 2.4] },
  creatinine: { loinc: '2160-0', display: 'Creatinine [Mass/volume] in Serum or Plasma', name: 'Creatinine', unit: 'mg/dL', low: 0.74, high: 1.35, female: [0.59, 1.04], decimals: 2, typical: [0.95, 0.08], femaleMean: 0.76 },
  egfr: { loinc: '98979-8', display: 'Glomerular filtration rate [Volume Rate/Area] in Serum, Plasma or Blood by Creatinine-based formula (CKD-EPI 2021)/1.73 sq M', name: 'Kidney function (eGFR)', unit: 'mL/min/1.73 m²', code: 'mL/min/{1.73_m2}', low: 60, decimals: 0, typical: [95, 5], derived: (value, person) => ckdEpi(value('creatinine'), person) },
  glucose: { loinc: '2345-7', display: 'Glucose [Mass/volume] in Serum or Plasma', name: 'Glucose', unit: 'mg/dL', low: 70, high: 99, critical: [45, 450], decimals: 0, typical: [88, 5] },
  calcium: { loinc: '17861-6', display: 'Calcium [Mass/volume] in Serum or Plasma', name: 'Calcium', unit: 'mg/dL', low: 8.6, high: 10.3, critical: [6.5, 13], decimals: 1, typical: [9.4, 0.25] },
  protein: { loinc: '2885-2', display: 'Protein [Mass/volume] in Serum or Plasma', name: 'Total protein', unit: 'g/dL', low: 6.3, high: 8.2, decimals: 1, typical: [7.1, 0.3] },
  albumin: { loinc: '1751-7', display: 'Albumin [Mass/volume] in Serum or Plasma', name: 'Albumin', unit: 'g/dL', low: 3.5, high: 5, decimals: 1, typical: [4.3, 0.2] },
  bilirubin: { loinc: '1975-2', display: 'Bilirubin.total [Mass/volume] in Serum or Plasma', name: 'Bilirubin', unit: 'mg/dL', low: 0.2, high: 1.2, decimals: 1, typical: [0.6, 0.15] },
  alkalinePhosphatase: { loinc: '6768-6', display: 'Alkaline phosphatase [Enzymatic activity/volume] in Serum or Plasma', name: 'Alkaline phosphatase', unit: 'U/L', low: 40, high: 130, decimals: 0, typical: [72, 12] },
  alt: { loinc: '1742-6', display: 'Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma', name: 'ALT (liver)', unit: 'U/L', low: 7, high: 45, decimals: 0, typical: [22, 5] },
  ast: { loinc: '1920-8', display: 'Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma', name: 'AST (liver)', unit: 'U/L', low: 8, high: 40, decimals: 0, typical: [21, 4] },
  a1c: { loinc: '4548-4', display: 'Hemoglobin A1c/Hemoglobin.total in Blood', name: 'Hemoglobin A1c', unit: '%', low: 4, high: 5.6, decimals: 1, typical: [5.3, 0.12] },
  cholesterol: { loinc: '2093-3', display: 'Cholesterol [Mass/volume] in Serum or Plasma', name: 'Total cholesterol', unit: 'mg/dL', high: 200, decimals: 0, typical: [178, 10], derived: (value) => value('ldl') + value('hdl') + value('triglycerides') / 5 },
  triglycerides: { loinc: '2571-8', display: 'Triglyceride [Mass/volume] in Serum or Plasma', name: 'Triglycerides', unit: 'mg/dL', high: 150, decimals: 0, typical: [102, 16] },
  hdl: { loinc: '2085-9', display: 'Cholesterol in HDL [Mass/volume] in Serum or Plasma', name: 'HDL cholesterol', unit: 'mg/dL', low: 40, female: [50, 120], high: 120, decimals: 0, typical: [52, 4], femaleMean: 60 },
  ldl: { loinc: '13457-7', display: 'Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation', name: 'LDL cholesterol', unit: 'mg/dL', high: 100, decimals: 0, typical: [92, 11] },
  tsh: { loinc: '3016-3', display: 'Thyrotropin [Units/volume] in Serum or Plasma', name: 'TSH (thyroid)', unit: 'mIU/L', code: 'm[IU]/L', low: 0.4, high: 4.5, decimals: 2, typical: [1.9, 0.4] },
  freeT4: { loinc: '3024-7', display: 'Thyroxine (T4) free [Mass/volume] in Serum or Plasma', name: 'Free T4 (thyroid)', unit: 'ng/dL', low: 0.8, high: 1.8, decimals: 2, typical: [1.2, 0.1] },
  wbc: { loinc: '6690-2', display: 'Leukocytes [#/volume] in Blood by Automated count', name: 'White blood cells', unit: '10³/µL', code: '10*3/uL', low: 4, high: 11, critical: [1.5, 40], decimals: 1, typical: [6.8, 1] },
  rbc: { loinc: '789-8', display: 'Erythrocytes [#/volume] in Blood by Automated count', name: 'Red blood cells', unit: '10⁶/µL', code: '10*6/uL', low: 4.3, high: 5.9, female: [3.8, 5.2], decimals: 2, typical: [4.9, 0.2], derived: (value) => (value('hematocrit') * 10) / value('mcv') },
  hemoglobin: { loinc: '718-7', display: 'Hemoglobin [Mass/volume] in Blood', name: 'Hemoglobin', unit: 'g/dL', low: 13.2, high: 17.1, female: [11.7, 15.5], critical: [7, 20], decimals: 1, typical: [14.9, 0.5], femaleMean: 13.4, child: { low: 10.5, high: 13.5, mean: 12.1 } },
  hematocrit: { loinc: '4544-3', display: 'Hematocrit [Volume Fraction] of Blood by Automated count', name: 'Hematocrit', unit: '%', low: 38.5, high: 50, female: [35, 45], decimals: 1, typical: [44, 1.5], derived: (value) => value('hemoglobin') * 2.98 },
  mcv: { loinc: '787-2', display: 'MCV [Entitic volume] by Automated count', name: 'Red cell size (MCV)', unit: 'fL', low: 80, high: 100, decimals: 1, typical: [90, 2] },
  mch: { loinc: '785-6', display: 'MCH [Entitic mass] by Automated count', name: 'Hemoglobin per red cell (MCH)', unit: 'pg', low: 26, high: 33, decimals: 1, typical: [30, 1], derived: (value) => (value('hemoglobin') * 10) / value('rbc') },
  platelets: { loinc: '777-3', display: 'Platelets [#/volume] in Blood by Automated count', name: 'Platelets', unit: '10³/µL', code: '10*3/uL', low: 150, high: 400, critical: [20, 1000], decimals: 0, typical: [248, 32] },
  ferritin: { loinc: '2276-4', display: 'Ferritin [Mass/volume] in Serum or Plasma', name: 'Ferritin (iron stores)', unit: 'ng/mL', low: 24, high: 336, female: [15, 200], decimals: 0, typical: [110, 20], femaleMean: 62 },
  iron: { loinc: '2498-4', display: 'Iron [Mass/volume] in Serum or Plasma', name: 'Iron', unit: 'µg/dL', code: 'ug/dL', low: 50, high: 170, decimals: 0, typical: [96, 14] },
  ironBinding: { loinc: '2500-7', display: 'Iron binding capacity [Mass/volume] in Serum or Plasma', name: 'Iron binding capacity', unit: 'µg/dL', code: 'ug/dL', low: 250, high: 425, decimals: 0, typical: [330, 20] },
  inr: { loinc: '6301-6', display: 'INR in Platelet poor plasma by Coagulation assay', name: 'INR', unit: '{INR}', low: 0.9, high: 1.1, critical: [0, 5], decimals: 1, typical: [1, 0.03] },
  prothrombin: { loinc: '5902-2', display: 'Prothrombin time (PT)', name: 'Prothrombin time', unit: 's', low: 9.4, high: 12.5, decimals: 1, typical: [11, 0.4], derived: (value) => 11.2 * value('inr') ** 0.98 },
  urineAlbumin: { loinc: '9318-7', display: 'Albumin/Creatinine [Mass Ratio] in Urine', name: 'Urine albumin/creatinine ratio', unit: 'mg/g', code: 'mg/g{creat}', high: 30, decimals: 0, typical: [9, 2] },
  urate: { loinc: '3084-1', display: 'Urate [Mass/volume] in Serum or Plasma', name: 'Uric acid', unit: 'mg/dL', low: 3.4, high: 7, female: [2.4, 6], decimals: 1, typical: [5.2, 0.5] },
  ntProBnp: { loinc: '33762-6', display: 'Natriuretic peptide.B prohormone N-Terminal [Mass/volume] in Serum or Plasma', name: 'NT-proBNP (heart)', unit: 'pg/mL', high: 450, decimals: 0, typical: [90, 20] },
  crp: { loinc: '1988-5', display: 'C reactive protein [Mass/volume] in Serum or Plasma', name: 'C-reactive protein', unit: 'mg/L', high: 8, decimals: 1, typical: [2.1, 0.6] },
  vitaminD: { loinc: '62292-8', display: '25-hydroxyvitamin D2+25-hydroxyvitamin D3 [Mass/volume] in Serum or Plasma', name: 'Vitamin D', unit: 'ng/mL', low: 30, high: 100, decimals: 0, typical: [38, 4] },
  psa: { loinc: '2857-1', display: 'Prostate specific Ag [Mass/volume] in Serum or Plasma', name: 'PSA', unit: 'ng/mL', high: 4, decimals: 2, typical: [1.3, 0.2] },
  lead: { loinc: '77307-7', display: 'Lead [Mass/volume] in Venous blood', name: 'Lead', unit: 'µg/dL', code: 'ug/dL', high: 3.5, decimals: 1, typical: [1.1, 0.2] },
  glucoseOneHour: { loinc: '1504-0', display: 'Glucose [Mass/volume] in Serum or Plasma --1 hour post 50 g glucose PO', name: 'Glucose one hour after drinking glucose', unit: 'mg/dL', high: 140, decimals: 0, typical: [108, 9] },
}

/** The CKD-EPI creatinine equation of 2021. */
function ckdEpi(creatinine: number, { age, female }: Measured): number {
  const ratio = creatinine / (female ? 0.7 : 0.9)
  const rising = Math.min(ratio, 1) ** (female ? -0.241 : -0.302)
  return 142 * rising * Math.max(ratio, 1) ** -1.2 * 0.9938 ** age * (female ? 1.012 : 1)
}

/** A key of the table of analytes. */
export type AnalyteKey = keyof typeof analytes

/** What is taken for a test. */
export type SpecimenKey = 'blood' | 'urine' | 'throat' | 'nose' | 'tissue'

/** SNOMED CT codes of what is taken, and how. */
// biome-ignore format: one kind per line reads as a table
export const specimenTypes: Readonly<Record<SpecimenKey, readonly [snomed: string, display: string, method: string]>> = {
  blood: ['119297000', 'Blood specimen', 'Vein of the arm'],
  urine: ['122575003', 'Urine specimen', 'Midstream collection'],
  throat: ['258529004', 'Throat swab', 'Swab'],
  nose: ['258500001', 'Nasopharyngeal swab', 'Swab'],
  tissue: ['119376003', 'Tissue specimen', 'Removed at the procedure'],
}

/** Tests that are ordered together, with the price in cents. */
export interface PanelRow {
  readonly loinc: string
  readonly display: string
  readonly name: string
  readonly specimen: SpecimenKey
  readonly analytes: readonly string[]
  readonly price: number
}

/** By key; stories and checkups order them. */
// biome-ignore format: one panel per line reads as a table
export const panels = {
  bmp: { loinc: '24321-2', display: 'Basic metabolic 2000 panel - Serum or Plasma', name: 'Basic metabolic panel', specimen: 'blood', analytes: ['sodium', 'potassium', 'chloride', 'carbonDioxide', 'urea', 'creatinine', 'egfr', 'glucose', 'calcium'], price: 3400 },
  cmp: { loinc: '24323-8', display: 'Comprehensive metabolic 2000 panel - Serum or Plasma', name: 'Comprehensive metabolic panel', specimen: 'blood', analytes: ['sodium', 'potassium', 'chloride', 'carbonDioxide', 'urea', 'creatinine', 'egfr', 'glucose', 'calcium', 'protein', 'albumin', 'bilirubin', 'alkalinePhosphatase', 'alt', 'ast'], price: 4800 },
  a1c: { loinc: '4548-4', display: 'Hemoglobin A1c/Hemoglobin.total in Blood', name: 'Hemoglobin A1c', specimen: 'blood', analytes: ['a1c'], price: 3900 },
  lipid: { loinc: '24331-1', display: 'Lipid 1996 panel - Serum or Plasma', name: 'Lipid panel', specimen: 'blood', analytes: ['cholesterol', 'triglycerides', 'hdl', 'ldl'], price: 4200 },
  thyroid: { loinc: '3016-3', display: 'Thyrotropin [Units/volume] in Serum or Plasma', name: 'Thyroid tests', specimen: 'blood', analytes: ['tsh', 'freeT4'], price: 5600 },
  cbc: { loinc: '58410-2', display: 'CBC panel - Blood by Automated count', name: 'Complete blood count', specimen: 'blood', analytes: ['wbc', 'rbc', 'hemoglobin', 'hematocrit', 'mcv', 'mch', 'platelets'], price: 2900 },
  iron: { loinc: '75689-0', display: 'Iron panel - Serum or Plasma', name: 'Iron studies', specimen: 'blood', analytes: ['ferritin', 'iron', 'ironBinding'], price: 6100 },
  inr: { loinc: '34528-0', display: 'PT panel - Platelet poor plasma by Coagulation assay', name: 'INR check', specimen: 'blood', analytes: ['inr', 'prothrombin'], price: 2200 },
  urineAlbumin: { loinc: '9318-7', display: 'Albumin/Creatinine [Mass Ratio] in Urine', name: 'Urine albumin', specimen: 'urine', analytes: ['urineAlbumin'], price: 3100 },
  urate: { loinc: '3084-1', display: 'Urate [Mass/volume] in Serum or Plasma', name: 'Uric acid', specimen: 'blood', analytes: ['urate'], price: 1900 },
  ntProBnp: { loinc: '33762-6', display: 'Natriuretic peptide.B prohormone N-Terminal [Mass/volume] in Serum or Plasma', name: 'NT-proBNP', specimen: 'blood', analytes: ['ntProBnp'], price: 8800 },
  crp: { loinc: '1988-5', display: 'C reactive protein [Mass/volume] in Serum or Plasma', name: 'C-reactive protein', specimen: 'blood', analytes: ['crp'], price: 2600 },
  vitaminD: { loinc: '62292-8', display: '25-hydroxyvitamin D2+25-hydroxyvitamin D3 [Mass/volume] in Serum or Plasma', name: 'Vitamin D', specimen: 'blood', analytes: ['vitaminD'], price: 5400 },
  psa: { loinc: '2857-1', display: 'Prostate specific Ag [Mass/volume] in Serum or Plasma', name: 'PSA', specimen: 'blood', analytes: ['psa'], price: 4100 },
  lead: { loinc: '77307-7', display: 'Lead [Mass/volume] in Venous blood', name: 'Lead screening', specimen: 'blood', analytes: ['lead', 'hemoglobin'], price: 2700 },
  glucoseScreen: { loinc: '1504-0', display: 'Glucose [Mass/volume] in Serum or Plasma --1 hour post 50 g glucose PO', name: 'Pregnancy glucose screening', specimen: 'blood', analytes: ['glucoseOneHour'], price: 2800 },
} as const satisfies Record<string, PanelRow>

/** A key of the table of panels. */
export type PanelKey = keyof typeof panels
