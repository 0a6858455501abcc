/** Medicines as they are prescribed here: RxNorm, the label's words and the dose. */
export interface MedicineRow {
  readonly rxnorm: string
  readonly display: string
  /** Name and strength as on the label. */
  readonly name: string
  readonly directions: string
  readonly dose: readonly [value: number, unit: string]
  /** Times in a day; 0 for medicines that are taken when needed. */
  readonly times: number
  /** Days from one dose (or group of doses) to the next; 1 where nothing is said. */
  readonly every?: number
  readonly route: readonly [code: string, display: string]
  readonly supply: readonly [quantity: number, unit: string, days: number]
}

const oral = ['26643006', 'Oral route'] as const
const inhaled = ['447694001', 'Respiratory tract route'] as const
const onSkin = ['6064005', 'Topical route'] as const
const underSkin = ['34206005', 'Subcutaneous route'] as const
const tablets = (quantity: number, days: number) => [quantity, 'tablet', days] as const

// biome-ignore format: one medicine per line reads as a table
export const medicines = {
  metformin: { rxnorm: '861007', display: 'metformin hydrochloride 500 MG Oral Tablet', name: 'Metformin 500 mg tablet', directions: 'Take 1 tablet by mouth twice a day with meals', dose: [1, 'tablet'], times: 2, route: oral, supply: tablets(180, 90) },
  metformin1000: { rxnorm: '861004', display: 'metformin hydrochloride 1000 MG Oral Tablet', name: 'Metformin 1,000 mg tablet', directions: 'Take 1 tablet by mouth twice a day with meals', dose: [1, 'tablet'], times: 2, route: oral, supply: tablets(180, 90) },
  glargine: { rxnorm: '847232', display: '3 ML insulin glargine 100 UNT/ML Pen Injector [Lantus]', name: 'Insulin glargine pen', directions: 'Inject 18 units under the skin at bedtime', dose: [18, 'unit'], times: 1, route: underSkin, supply: [15, 'mL', 80] },
  lispro: { rxnorm: '865098', display: 'insulin lispro 100 UNT/ML Injectable Solution [Humalog]', name: 'Insulin lispro', directions: 'Inject 4 to 8 units under the skin before each meal, as counted', dose: [6, 'unit'], times: 3, route: underSkin, supply: [15, 'mL', 80] },
  lisinopril: { rxnorm: '314076', display: 'lisinopril 10 MG Oral Tablet', name: 'Lisinopril 10 mg tablet', directions: 'Take 1 tablet by mouth once a day', dose: [1, 'tablet'], times: 1, route: oral, supply: tablets(90, 90) },
  lisinopril20: { rxnorm: '314077', display: 'lisinopril 20 MG Oral Tablet', name: 'Lisinopril 20 mg tablet', directions: 'Take 1 tablet by mouth once a day', dose: [1, 'tablet'], times: 1, route: oral, supply: tablets(90, 90) },
  amlodipine: { rxnorm: '197361', display: 'amlodipine 5 MG Oral Tablet', name: 'Amlodipine 5 mg tablet', directions: 'Take 1 tablet by mouth once a day', dose: [1, 'tablet'], times: 1, route: oral, supply: tablets(90, 90) },
  atorvastatin: { rxnorm: '617310', display: 'atorvastatin 20 MG Oral Tablet', name: 'Atorvastatin 20 mg tablet', directions: 'Take 1 tablet by mouth every evening', dose: [1, 'tablet'], times: 1, route: oral, supply: tablets(90, 90) },
  levothyroxine: { rxnorm: '10582', display: 'levothyroxine', name: 'Levothyroxine 50 mcg tablet', directions: 'Take 1 tablet by mouth every morning, 30 minutes before breakfast', dose: [1, 'tablet'], times: 1, route: oral, supply: tablets(90, 90) },
  levothyroxine75: { rxnorm: '10582', display: 'levothyroxine', name: 'Levothyroxine 75 mcg tablet', directions: 'Take 1 tablet by mouth every morning, 30 minutes before breakfast', dose: [1, 'tablet'], times: 1, route: oral, supply: tablets(90, 90) },
  warfarin: { rxnorm: '855332', display: 'warfarin sodium 5 MG Oral Tablet', name: 'Warfarin 5 mg tablet', directions: 'Take 1 tablet by mouth every evening, or as the clinic tells you after each INR', dose: [1, 'tablet'], times: 1, route: oral, supply: tablets(90, 90) },
  apixaban: { rxnorm: '1364445', display: 'apixaban 5 MG Oral Tablet', name: 'Apixaban 5 mg tablet', directions: 'Take 1 tablet by mouth twice a day', dose: [1, 'tablet'], times: 2, route: oral, supply: tablets(60, 30) },
  metoprolol: { rxnorm: '866436', display: '24 HR metoprolol succinate 50 MG Extended Release Oral Tablet', name: 'Metoprolol succinate 50 mg tablet', directions: 'Take 1 tablet by mouth once a day', dose: [1, 'tablet'], times: 1, route: oral, supply: tablets(90, 90) },
  furosemide: { rxnorm: '313988', display: 'furosemide 40 MG Oral Tablet', name: 'Furosemide 40 mg tablet', directions: 'Take 1 tablet by mouth every morning', dose: [1, 'tablet'], times: 1, route: oral, supply: tablets(90, 90) },
  aspirin: { rxnorm: '243670', display: 'aspirin 81 MG Oral Tablet', name: 'Aspirin 81 mg tablet', directions: 'Take 1 tablet by mouth once a day', dose: [1, 'tablet'], times: 1, route: oral, supply: tablets(90, 90) },
  albuterol: { rxnorm: '2123111', display: 'NDA020503 200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler', name: 'Albuterol inhaler 90 mcg', directions: 'Inhale 2 puffs every 4 to 6 hours if needed for wheezing', dose: [2, 'puff'], times: 0, route: inhaled, supply: [1, 'inhaler', 60] },
  fluticasone: { rxnorm: '895994', display: '120 ACTUAT fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler', name: 'Fluticasone inhaler 44 mcg', directions: 'Inhale 2 puffs twice a day and rinse the mouth afterwards', dose: [2, 'puff'], times: 2, route: inhaled, supply: [1, 'inhaler', 30] },
  fluticasoneSalmeterol: { rxnorm: '896209', display: '60 ACTUAT fluticasone propionate 0.25 MG/ACTUAT / salmeterol 0.05 MG/ACTUAT Dry Powder Inhaler', name: 'Fluticasone/salmeterol 250/50 inhaler', directions: 'Inhale 1 puff twice a day and rinse the mouth afterwards', dose: [1, 'puff'], times: 2, route: inhaled, supply: [1, 'inhaler', 30] },
  loratadine: { rxnorm: '311372', display: 'loratadine 10 MG Oral Tablet', name: 'Loratadine 10 mg tablet', directions: 'Take 1 tablet by mouth once a day in the pollen season', dose: [1, 'tablet'], times: 1, route: oral, supply: tablets(30, 30) },
  allopurinol: { rxnorm: '197319', display: 'allopurinol 100 MG Oral Tablet', name: 'Allopurinol 100 mg tablet', directions: 'Take 2 tablets by mouth once a day', dose: [2, 'tablet'], times: 1, route: oral, supply: tablets(180, 90) },
  iron: { rxnorm: '310325', display: 'ferrous sulfate 325 MG Oral Tablet', name: 'Ferrous sulfate 325 mg tablet', directions: 'Take 1 tablet by mouth every other day', dose: [1, 'tablet'], times: 1, every: 2, route: oral, supply: tablets(45, 90) },
  sertraline: { rxnorm: '312941', display: 'sertraline 50 MG Oral Tablet', name: 'Sertraline 50 mg tablet', directions: 'Take 1 tablet by mouth every morning', dose: [1, 'tablet'], times: 1, route: oral, supply: tablets(30, 30) },
  escitalopram: { rxnorm: '349332', display: 'escitalopram 10 MG Oral Tablet', name: 'Escitalopram 10 mg tablet', directions: 'Take 1 tablet by mouth every morning', dose: [1, 'tablet'], times: 1, route: oral, supply: tablets(30, 30) },
  sumatriptan: { rxnorm: '313161', display: 'sumatriptan 50 MG Oral Tablet', name: 'Sumatriptan 50 mg tablet', directions: 'Take 1 tablet by mouth at the start of a migraine; may repeat once after 2 hours', dose: [1, 'tablet'], times: 0, route: oral, supply: tablets(9, 30) },
  acetaminophen: { rxnorm: '198440', display: 'acetaminophen 500 MG Oral Tablet', name: 'Acetaminophen 500 mg tablet', directions: 'Take 2 tablets by mouth every 8 hours if needed for pain', dose: [2, 'tablet'], times: 0, route: oral, supply: tablets(100, 30) },
  naproxen: { rxnorm: '198014', display: 'naproxen 500 MG Oral Tablet', name: 'Naproxen 500 mg tablet', directions: 'Take 1 tablet by mouth twice a day with food for up to 10 days', dose: [1, 'tablet'], times: 2, route: oral, supply: tablets(20, 10) },
  methotrexate: { rxnorm: '105585', display: 'methotrexate 2.5 MG Oral Tablet', name: 'Methotrexate 2.5 mg tablet', directions: 'Take 6 tablets by mouth once a week, on Sundays only', dose: [6, 'tablet'], times: 1, every: 7, route: oral, supply: tablets(72, 84) },
  folicAcid: { rxnorm: '310410', display: 'folic acid 1 MG Oral Tablet', name: 'Folic acid 1 mg tablet', directions: 'Take 1 tablet by mouth once a day, except on Sundays', dose: [1, 'tablet'], times: 1, route: oral, supply: tablets(78, 90) },
  alendronate: { rxnorm: '904419', display: 'alendronic acid 10 MG Oral Tablet', name: 'Alendronate 10 mg tablet', directions: 'Take 1 tablet by mouth every morning with a full glass of water; stay upright for 30 minutes', dose: [1, 'tablet'], times: 1, route: oral, supply: tablets(90, 90) },
  vitaminD: { rxnorm: '2418', display: 'cholecalciferol', name: 'Vitamin D3 1,000 unit tablet', directions: 'Take 1 tablet by mouth once a day', dose: [1, 'tablet'], times: 1, route: oral, supply: tablets(90, 90) },
  hydrocortisone: { rxnorm: '106258', display: 'hydrocortisone 10 MG/ML Topical Cream', name: 'Hydrocortisone 1 % cream', directions: 'Apply a thin layer to the rash twice a day for up to 7 days', dose: [1, 'application'], times: 2, route: onSkin, supply: [30, 'g', 14] },
  doxycycline: { rxnorm: '3640', display: 'doxycycline', name: 'Doxycycline 100 mg capsule', directions: 'Take 1 capsule by mouth once a day with a full glass of water', dose: [1, 'capsule'], times: 1, route: oral, supply: [30, 'capsule', 30] },
  tamsulosin: { rxnorm: '863669', display: 'tamsulosin hydrochloride 0.4 MG Oral Capsule', name: 'Tamsulosin 0.4 mg capsule', directions: 'Take 1 capsule by mouth at bedtime', dose: [1, 'capsule'], times: 1, route: oral, supply: [90, 'capsule', 90] },
  omeprazole: { rxnorm: '198051', display: 'omeprazole 20 MG Delayed Release Oral Capsule', name: 'Omeprazole 20 mg capsule', directions: 'Take 1 capsule by mouth once a day before breakfast', dose: [1, 'capsule'], times: 1, route: oral, supply: [90, 'capsule', 90] },
  amoxicillin: { rxnorm: '308182', display: 'amoxicillin 250 MG Oral Capsule', name: 'Amoxicillin 250 mg capsule', directions: 'Take 2 capsules by mouth twice a day for 10 days', dose: [2, 'capsule'], times: 2, route: oral, supply: [40, 'capsule', 10] },
  amoxicillinLiquid: { rxnorm: '308189', display: 'amoxicillin 80 MG/ML Oral Suspension', name: 'Amoxicillin 400 mg/5 mL suspension', directions: 'Give 5 mL by mouth twice a day for 10 days', dose: [5, 'mL'], times: 2, route: oral, supply: [100, 'mL', 10] },
  nitrofurantoin: { rxnorm: '1648755', display: 'nitrofurantoin, macrocrystals 25 MG / nitrofurantoin, monohydrate 75 MG Oral Capsule', name: 'Nitrofurantoin 100 mg capsule', directions: 'Take 1 capsule by mouth twice a day for 5 days', dose: [1, 'capsule'], times: 2, route: oral, supply: [10, 'capsule', 5] },
} as const satisfies Record<string, MedicineRow>

export type MedicineKey = keyof typeof medicines
