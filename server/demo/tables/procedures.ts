/** Procedures and imaging: SNOMED CT for what was done, LOINC for the report where there is one. */
import type { ConditionKey } from './conditions.ts'

export interface ProcedureRow {
  readonly snomed: string
  readonly display: string
  readonly name: string
  readonly price: number
  /** Minutes that it takes. */
  readonly minutes: number
  readonly report?: {
    readonly loinc: string
    readonly display: string
    readonly kind: 'radiology' | 'cardiology' | 'pathology'
    readonly findings: string
    readonly impression: string
  }
  /** Tissue that was sent to pathology, and what was seen. */
  readonly pathology?: { readonly specimen: string; readonly seen: string; readonly diagnosis: string }
  readonly usualFor?: ConditionKey
}

export const procedures = {
  footExam: {
    snomed: '401191002',
    display: 'Diabetic foot examination',
    name: 'Diabetic foot check',
    price: 4500,
    minutes: 15,
  },
  eyeExam: {
    snomed: '308110009',
    display: 'Direct fundoscopy following mydriatic',
    name: 'Dilated eye examination',
    price: 9800,
    minutes: 30,
  },
  boneDensity: {
    snomed: '312681000',
    display: 'Bone density scan',
    name: 'Bone density scan',
    price: 14200,
    minutes: 20,
    report: {
      loinc: '38269-7',
      display: 'DXA Skeletal system Views for bone density',
      kind: 'radiology',
      findings:
        'Lumbar spine L1 to L4: T-score -2.6. Left femoral neck: T-score -2.4. Total hip: T-score -2.1. No fracture is seen on the scout view.',
      impression: 'Bone density in the range of osteoporosis at the lumbar spine.',
    },
  },
  mammogram: {
    snomed: '71651007',
    display: 'Mammography',
    name: 'Screening mammogram',
    price: 21800,
    minutes: 20,
    report: {
      loinc: '24606-6',
      display: 'MG Breast Screening',
      kind: 'radiology',
      findings: 'Scattered fibroglandular densities. No mass, distortion or suspicious calcification in either breast.',
      impression: 'Negative (BI-RADS 1). Routine screening in one to two years.',
    },
  },
  chestXray: {
    snomed: '399208008',
    display: 'Plain X-ray of chest',
    name: 'Chest X-ray',
    price: 12600,
    minutes: 15,
    report: {
      loinc: '36643-5',
      display: 'XR Chest 2 Views',
      kind: 'radiology',
      findings: 'Lungs are hyperinflated and clear. Heart size is normal. No effusion. The bones are unremarkable.',
      impression: 'Hyperinflation in keeping with known COPD. No pneumonia.',
    },
  },
  ankleXray: {
    snomed: '19490002',
    display: 'Ankle X-ray',
    name: 'Ankle X-ray',
    price: 11200,
    minutes: 15,
  },
  abdominalUltrasound: {
    snomed: '45036003',
    display: 'Ultrasonography of abdomen',
    name: 'Ultrasound of the abdomen',
    price: 26400,
    minutes: 25,
    report: {
      loinc: '24558-9',
      display: 'US Abdomen',
      kind: 'radiology',
      findings:
        'The gallbladder is distended with several mobile stones up to 11 mm. The wall measures 5 mm with surrounding fluid. The common bile duct measures 4 mm. Liver, pancreas and kidneys are unremarkable.',
      impression: 'Gallstones with signs of acute inflammation of the gallbladder.',
    },
  },
  pregnancyUltrasound: {
    snomed: '268445003',
    display: 'Ultrasound scan - obstetric',
    name: 'Pregnancy ultrasound',
    price: 24800,
    minutes: 30,
    report: {
      loinc: '11525-3',
      display: 'US Pelvis Fetus for pregnancy',
      kind: 'radiology',
      findings:
        'Single living fetus. Measurements agree with the dates. The face, heart, spine, kidneys and limbs were seen and look as expected. The placenta lies at the back, away from the cervix. Normal fluid.',
      impression: 'Normal anatomy scan of a single fetus.',
    },
  },
  echocardiogram: {
    snomed: '40701008',
    display: 'Echocardiography',
    name: 'Heart ultrasound',
    price: 48500,
    minutes: 40,
    report: {
      loinc: '42148-7',
      display: 'US Heart',
      kind: 'cardiology',
      findings:
        'Left ventricular size is normal. Ejection fraction 50 to 55 %. Both atria are mildly enlarged. Valve function is as described in the earlier study, with no new leak.',
      impression: 'Pump function in the low normal range, unchanged from the earlier study.',
    },
  },
  electrocardiogram: {
    snomed: '29303009',
    display: 'Electrocardiographic procedure',
    name: 'Electrocardiogram',
    price: 6800,
    minutes: 10,
    report: {
      loinc: '11524-6',
      display: 'EKG study',
      kind: 'cardiology',
      findings: 'Irregular rhythm without P waves, ventricular rate 78 per minute. Normal axis. No acute ST change.',
      impression: 'Atrial fibrillation with controlled rate.',
    },
  },
  colonoscopy: {
    snomed: '73761001',
    display: 'Colonoscopy',
    name: 'Colonoscopy',
    price: 112000,
    minutes: 45,
    pathology: {
      specimen: 'Polyp of the ascending colon, 6 mm, received whole in formalin.',
      seen: 'Tubular adenoma. No high-grade dysplasia. The stalk margin is free.',
      diagnosis: 'Colon, ascending, polypectomy: tubular adenoma, completely removed.',
    },
  },
  skinExcision: {
    snomed: '35646002',
    display: 'Excision of lesion of skin',
    name: 'Removal of a skin growth',
    price: 38500,
    minutes: 40,
    pathology: {
      specimen: 'Ellipse of skin from the left temple, 14 x 8 x 4 mm, with a pearly nodule of 5 mm.',
      seen: 'Nodular basal cell carcinoma, 1.8 mm deep. The side margins are 3 mm and the deep margin 2 mm clear.',
      diagnosis: 'Skin, left temple, excision: nodular basal cell carcinoma, completely removed.',
    },
  },
  gallbladderRemoval: {
    snomed: '45595009',
    display: 'Laparoscopic cholecystectomy',
    name: 'Keyhole removal of the gallbladder',
    price: 920000,
    minutes: 75,
    pathology: {
      specimen: 'Gallbladder, 8.5 cm long, opened; eleven yellow stones up to 11 mm. The wall is up to 6 mm thick.',
      seen: 'Acute on chronic inflammation of the wall. No dysplasia and no malignancy.',
      diagnosis: 'Gallbladder, removal: acute on chronic cholecystitis with gallstones.',
    },
  },
  spirometry: { snomed: '127783003', display: 'Spirometry', name: 'Breathing test', price: 9200, minutes: 20 },
  depressionScreening: {
    snomed: '171207006',
    display: 'Depression screening',
    name: 'Depression screening',
    price: 2400,
    minutes: 10,
  },
  childbirth: { snomed: '66348005', display: 'Childbirth', name: 'Birth of a child', price: 0, minutes: 600 },
  valveReplacement: {
    snomed: '26212005',
    display: 'Replacement of aortic valve',
    name: 'Replacement of the aortic valve',
    price: 0,
    minutes: 240,
  },
  splint: { snomed: '79321009', display: 'Application of splint', name: 'Ankle splint', price: 8600, minutes: 15 },
} as const satisfies Record<string, ProcedureRow>

export type ProcedureKey = keyof typeof procedures
