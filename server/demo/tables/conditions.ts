/** Problems and diagnoses: SNOMED CT, ICD-10-CM, the words patients read, and what the clinic usually advises. */
export interface ConditionRow {
  readonly snomed: string
  readonly display: string
  readonly icd: string
  readonly icdDisplay: string
  /** Plain words, used as `code.text`. */
  readonly name: string
  readonly advice: string
}

const row = (
  snomed: string,
  display: string,
  icd: string,
  icdDisplay: string,
  name: string,
  advice: string,
): ConditionRow => ({ snomed, display, icd, icdDisplay, name, advice })

// biome-ignore format: one condition per line reads as a table
export const conditions = {
  diabetes: row('44054006', 'Diabetes mellitus type 2', 'E11.9', 'Type 2 diabetes mellitus without complications', 'Type 2 diabetes', 'Keep taking metformin with food, check glucose at home and have the eyes examined every year.'),
  diabetes1: row('46635009', 'Diabetes mellitus type 1', 'E10.9', 'Type 1 diabetes mellitus without complications', 'Type 1 diabetes', 'Continue basal and mealtime insulin; bring the glucose meter to each visit.'),
  prediabetes: row('15777000', 'Prediabetes', 'R73.03', 'Prediabetes', 'Prediabetes', 'Walk for half an hour on most days and repeat the HbA1c in six months.'),
  gestationalDiabetes: row('11687002', 'Gestational diabetes mellitus', 'O24.419', 'Gestational diabetes mellitus in pregnancy, unspecified control', 'Gestational diabetes', 'Check for diabetes once a year after the pregnancy.'),
  hypertension: row('59621000', 'Essential hypertension', 'I10', 'Essential (primary) hypertension', 'High blood pressure', 'Keep the daily tablet, use less salt and write down blood pressure readings at home.'),
  hyperlipidemia: row('55822004', 'Hyperlipidemia', 'E78.5', 'Hyperlipidemia, unspecified', 'High cholesterol', 'Continue the statin in the evening and repeat the lipid panel as planned.'),
  hypothyroidism: row('40930008', 'Hypothyroidism', 'E03.9', 'Hypothyroidism, unspecified', 'Underactive thyroid', 'Take levothyroxine on an empty stomach, half an hour before breakfast.'),
  ckd3: row('433144002', 'Chronic kidney disease stage 3', 'N18.30', 'Chronic kidney disease, stage 3 unspecified', 'Chronic kidney disease, stage 3', 'Avoid ibuprofen and similar medicines, keep blood pressure at goal and repeat kidney tests on time.'),
  atrialFibrillation: row('49436004', 'Atrial fibrillation', 'I48.91', 'Unspecified atrial fibrillation', 'Atrial fibrillation', 'Do not miss a dose of the blood thinner; call about bleeding or a fast heartbeat.'),
  aorticValve: row('8722008', 'Aortic valve disorder', 'Z95.2', 'Presence of prosthetic heart valve', 'Mechanical aortic valve', 'Keep the INR between 2.0 and 3.0 and tell every dentist about the valve.'),
  heartFailure: row('42343007', 'Congestive heart failure', 'I50.9', 'Heart failure, unspecified', 'Heart failure', 'Weigh every morning; call if the weight rises by more than 3 pounds in two days.'),
  copd: row('13645005', 'Chronic obstructive lung disease', 'J44.9', 'Chronic obstructive pulmonary disease, unspecified', 'COPD', 'Use the inhaler twice a day and keep up with the walking program.'),
  asthma: row('195967001', 'Asthma', 'J45.909', 'Unspecified asthma, uncomplicated', 'Asthma', 'Use the controller inhaler every day and carry the rescue inhaler.'),
  allergicRhinitis: row('367498001', 'Seasonal allergic rhinitis', 'J30.2', 'Other seasonal allergic rhinitis', 'Hay fever', 'Take loratadine through the pollen season.'),
  gout: row('90560007', 'Gout', 'M10.9', 'Gout, unspecified', 'Gout', 'Take allopurinol every day, also between attacks; drink plenty of water.'),
  ironDeficiency: row('87522002', 'Iron deficiency anemia', 'D50.9', 'Iron deficiency anemia, unspecified', 'Iron deficiency anemia', 'Take iron every other day with orange juice and repeat the blood count.'),
  pregnancy: row('77386006', 'Pregnancy', 'Z34.90', 'Encounter for supervision of normal pregnancy, unspecified, unspecified trimester', 'Pregnancy', 'Take a prenatal vitamin and keep the prenatal visits; call about bleeding, fluid or fewer movements.'),
  postpartumDepression: row('58703003', 'Postpartum depression', 'F53.0', 'Postpartum depression', 'Postpartum depression', 'Continue sertraline, accept help at night, and use the crisis line at any hour if thoughts turn dark.'),
  depression: row('370143000', 'Major depressive disorder', 'F32.9', 'Major depressive disorder, single episode, unspecified', 'Depression', 'Continue the medicine and the weekly talking therapy; repeat the PHQ-9 at each visit.'),
  anxiety: row('21897009', 'Generalized anxiety disorder', 'F41.1', 'Generalized anxiety disorder', 'Anxiety', 'Practice the breathing exercises daily and continue therapy.'),
  migraine: row('37796009', 'Migraine', 'G43.909', 'Migraine, unspecified, not intractable, without status migrainosus', 'Migraine', 'Take sumatriptan early in an attack, on no more than two days a week.'),
  kneeArthritis: row('239873007', 'Osteoarthritis of knee', 'M17.9', 'Osteoarthritis of knee, unspecified', 'Knee arthritis', 'Stay active with low-impact exercise; acetaminophen is the first choice for pain.'),
  rheumatoidArthritis: row('69896004', 'Rheumatoid arthritis', 'M06.9', 'Rheumatoid arthritis, unspecified', 'Rheumatoid arthritis', 'Take methotrexate once a week with folic acid on the other days; blood tests every three months.'),
  osteoporosis: row('64859006', 'Osteoporosis', 'M81.0', 'Age-related osteoporosis without current pathological fracture', 'Osteoporosis', 'Take alendronate upright with a full glass of water; repeat the bone density scan in two years.'),
  eczema: row('24079001', 'Atopic dermatitis', 'L20.9', 'Atopic dermatitis, unspecified', 'Eczema', 'Moisturize twice a day and use the steroid cream for flares only.'),
  acne: row('88616000', 'Acne vulgaris', 'L70.0', 'Acne vulgaris', 'Acne', 'Wash gently twice a day; improvement takes about three months.'),
  skinCancer: row('254701007', 'Basal cell carcinoma of skin', 'C44.91', 'Basal cell carcinoma of skin, unspecified', 'Basal cell skin cancer', 'It was removed completely; have the skin checked every year and use sunscreen.'),
  colonPolyp: row('68496003', 'Polyp of colon', 'K63.5', 'Polyp of colon', 'Colon polyp', 'Repeat the colonoscopy in five years.'),
  enlargedProstate: row('266569009', 'Benign prostatic hyperplasia', 'N40.1', 'Benign prostatic hyperplasia with lower urinary tract symptoms', 'Enlarged prostate', 'Take tamsulosin at bedtime and stand up slowly.'),
  sleepApnea: row('78275009', 'Obstructive sleep apnea syndrome', 'G47.33', 'Obstructive sleep apnea (adult) (pediatric)', 'Sleep apnea', 'Use the CPAP mask for at least four hours every night.'),
  reflux: row('235595009', 'Gastroesophageal reflux disease', 'K21.9', 'Gastro-esophageal reflux disease without esophagitis', 'Acid reflux', 'Take omeprazole before breakfast and avoid late meals.'),
  obesity: row('414916001', 'Obesity', 'E66.9', 'Obesity, unspecified', 'Obesity', 'Aim for a loss of one pound a week.'),
  dementia: row('26929004', "Alzheimer's disease", 'G30.9', "Alzheimer's disease, unspecified", 'Alzheimer’s disease', 'Keep a steady daily routine; the family support group meets on Tuesdays.'),
  adhd: row('406506008', 'Attention deficit hyperactivity disorder', 'F90.9', 'Attention-deficit hyperactivity disorder, unspecified type', 'ADHD', 'Continue the school plan and review it each term.'),
  foodInsecurity: row('733423003', 'Food insecurity', 'Z59.41', 'Food insecurity', 'Worry about having enough food', 'The care coordinator has shared the food pantry schedule.'),
  gallstones: row('65275009', 'Acute cholecystitis', 'K80.00', 'Calculus of gallbladder with acute cholecystitis without obstruction', 'Gallbladder inflammation', 'The gallbladder was removed; no special diet is needed.'),

  cold: row('54150009', 'Upper respiratory infection', 'J06.9', 'Acute upper respiratory infection, unspecified', 'Common cold', 'Rest, fluids and time; come back if a fever lasts longer than three days.'),
  bronchitis: row('10509002', 'Acute bronchitis', 'J20.9', 'Acute bronchitis, unspecified', 'Acute bronchitis', 'The cough can last three weeks; antibiotics do not help.'),
  sinusitis: row('444814009', 'Viral sinusitis', 'J01.90', 'Acute sinusitis, unspecified', 'Sinus infection', 'Rinse with salt water and use acetaminophen for the pressure.'),
  strep: row('43878008', 'Streptococcal sore throat', 'J02.0', 'Streptococcal pharyngitis', 'Strep throat', 'Take all ten days of amoxicillin; back to school after 24 hours.'),
  earInfection: row('65363002', 'Otitis media', 'H66.90', 'Otitis media, unspecified, unspecified ear', 'Ear infection', 'Give amoxicillin twice a day and ibuprofen for pain.'),
  urineInfection: row('68566005', 'Urinary tract infectious disease', 'N39.0', 'Urinary tract infection, site not specified', 'Urinary tract infection', 'Take nitrofurantoin for five days and drink plenty of water.'),
  stomachBug: row('25374005', 'Gastroenteritis', 'K52.9', 'Noninfective gastroenteritis and colitis, unspecified', 'Stomach bug', 'Small sips of fluid; come back if nothing stays down for a day.'),
  ankleSprain: row('44465007', 'Sprain of ankle', 'S93.409A', 'Sprain of unspecified ligament of unspecified ankle, initial encounter', 'Sprained ankle', 'Rest, ice, wrap and raise the ankle; start the exercises after three days.'),
  backPain: row('279039007', 'Low back pain', 'M54.50', 'Low back pain, unspecified', 'Low back pain', 'Keep moving; most back pain settles within four weeks.'),
  rash: row('40275004', 'Contact dermatitis', 'L25.9', 'Unspecified contact dermatitis, unspecified cause', 'Skin rash', 'Avoid the new soap and use hydrocortisone for a week.'),
  flu: row('6142004', 'Influenza', 'J10.1', 'Influenza due to other identified influenza virus with other respiratory manifestations', 'Flu', 'Stay home until a day after the fever has gone.'),
  covid: row('840539006', 'COVID-19', 'U07.1', 'COVID-19', 'COVID-19', 'Stay home while feverish and wear a mask for ten days.'),
  pinkEye: row('9826008', 'Conjunctivitis', 'H10.9', 'Unspecified conjunctivitis', 'Pink eye', 'Wipe gently with warm water and wash hands often.'),
  concussion: row('62106007', 'Concussion with no loss of consciousness', 'S06.0X0A', 'Concussion without loss of consciousness, initial encounter', 'Concussion', 'No contact sports until the step-by-step return is complete.'),
} as const satisfies Record<string, ConditionRow>

export type ConditionKey = keyof typeof conditions

/** What brings people in between planned visits, and from which to which age. */
export interface ComplaintRow {
  readonly condition: ConditionKey
  readonly from: number
  readonly until: number
  readonly reason: string
  readonly days: number
}

// biome-ignore format: one complaint per line reads as a table
export const complaints: readonly ComplaintRow[] = [
  { condition: 'cold', from: 0.5, until: 97, reason: 'Runny nose and cough', days: 10 },
  { condition: 'bronchitis', from: 16, until: 97, reason: 'Cough for two weeks', days: 21 },
  { condition: 'sinusitis', from: 12, until: 75, reason: 'Stuffy nose and facial pressure', days: 12 },
  { condition: 'strep', from: 3, until: 40, reason: 'Sore throat and fever', days: 10 },
  { condition: 'earInfection', from: 0.5, until: 10, reason: 'Ear pain', days: 10 },
  { condition: 'stomachBug', from: 1, until: 80, reason: 'Vomiting and diarrhea', days: 5 },
  { condition: 'ankleSprain', from: 9, until: 60, reason: 'Twisted ankle', days: 28 },
  { condition: 'backPain', from: 19, until: 90, reason: 'Low back pain after lifting', days: 30 },
  { condition: 'rash', from: 0.5, until: 85, reason: 'Itchy rash', days: 14 },
  { condition: 'flu', from: 2, until: 85, reason: 'Fever and body aches', days: 8 },
  { condition: 'covid', from: 5, until: 85, reason: 'Fever and cough, positive home test', days: 12 },
  { condition: 'pinkEye', from: 1, until: 50, reason: 'Red, itchy eye', days: 7 },
]
