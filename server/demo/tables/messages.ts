/** What is planned, wished for, asked and answered at the clinic just now. */
import type { Specialty } from './specialties.ts'

export interface PlannedVisit {
  readonly person: string
  readonly with?: Specialty
  /** Days from today at the earliest. */
  readonly inDays: number
  readonly reason: string
  readonly status?: 'booked' | 'pending' | 'cancelled'
  readonly basedOn?: string
}

// biome-ignore format: one appointment per line reads as a table
export const plannedVisits: readonly PlannedVisit[] = [
  { person: '01', inDays: 3, reason: 'Diabetes check and results' },
  { person: '01', with: 'endocrinology', inDays: 8, reason: 'Tingling in both feet', status: 'pending', basedOn: 'demo-referral-01-endocrinology' },
  { person: '01', inDays: 12, reason: 'Flu shot', status: 'cancelled' },
  { person: '02', with: 'cardiology', inDays: 2, reason: 'INR check' },
  { person: '02', with: 'cardiology', inDays: 16, reason: 'Heart valve review' },
  { person: '03', inDays: 5, reason: 'Asthma check' },
  { person: '04', with: 'obgyn', inDays: 1, reason: 'Prenatal visit, week 30' },
  { person: '04', with: 'obgyn', inDays: 15, reason: 'Prenatal visit, week 32' },
  { person: '07', inDays: 1, reason: 'Potassium and kidney check' },
  { person: '09', with: 'psychiatry', inDays: 4, reason: 'Talking therapy by video', basedOn: 'demo-referral-09-psychiatry' },
  { person: '11', inDays: 2, reason: '4-month checkup' },
  { person: '12', with: 'dermatology', inDays: 6, reason: 'Rash on the hands', basedOn: 'demo-referral-12-dermatology' },
  { person: '41', with: 'endocrinology', inDays: 7, reason: 'Type 1 diabetes visit by video' },
]

export interface WaitRow {
  readonly person: string
  readonly status: 'waitlist' | 'proposed'
  readonly reason: string
  readonly withinDays: number
  readonly comment: string
}

// biome-ignore format: one wish per line reads as a table
export const waitlist: readonly WaitRow[] = [
  { person: '17', status: 'waitlist', reason: 'Diabetes check', withinDays: 14, comment: 'Can come at an hour’s notice on Mondays and Fridays.' },
  { person: '33', status: 'waitlist', reason: 'Headache follow-up', withinDays: 21, comment: 'Prefers mornings.' },
  { person: '30', status: 'proposed', reason: 'Asthma check', withinDays: 10, comment: 'Asked through the portal.' },
  { person: '52', status: 'proposed', reason: 'Sports physical', withinDays: 20, comment: 'Needs the school form signed.' },
]

export interface MessageRow {
  readonly from: 'patient' | 'clinic'
  readonly daysAgo?: number
  /** Sent on the day of the person's newest visit (1), the one before (2), and so on. */
  readonly atVisit?: number
  readonly text: string
}

export interface ThreadRow {
  readonly key: string
  readonly person: string
  readonly subject: string
  readonly messages: readonly MessageRow[]
}

// biome-ignore format: one message per line reads as a conversation
export const threads: readonly ThreadRow[] = [
  { key: 'feet', person: '01', subject: 'Tingling feet', messages: [
    { from: 'patient', daysAgo: 13, text: 'Good morning. For two weeks both my feet have been tingling at night. Should I be worried? Maria' },
    { from: 'clinic', daysAgo: 12, text: 'Thank you for writing. This is worth a look but not an emergency. Please come in this week; bring your glucose readings. Call right away if you see a sore on a foot.' },
    { from: 'patient', daysAgo: 12, text: 'I booked a time. Thank you!' },
    { from: 'clinic', atVisit: 1, text: 'It was good to see you. The referral to endocrinology is on its way, and the vitamin test is at the laboratory.' },
  ] },
  { key: 'a1c', person: '01', subject: 'Your hemoglobin A1c', messages: [
    { from: 'clinic', daysAgo: 120, text: 'Your hemoglobin A1c is below 7 percent. The walking and the new breakfast are working. Please keep the medicine as it is.' },
    { from: 'patient', daysAgo: 119, text: 'What good news. I told my whole class!' },
  ] },
  { key: 'inr', person: '02', subject: 'Your INR', messages: [
    { from: 'clinic', daysAgo: 15, text: 'Your INR is in the goal range. Keep taking one tablet each evening. Next check in four weeks.' },
    { from: 'patient', daysAgo: 14, text: 'Thanks. I have a dentist visit next month; do I need the antibiotic?' },
    { from: 'clinic', daysAgo: 13, text: 'Yes, because of the valve. We sent the prescription to Corner Street Pharmacy. Take it one hour before.' },
  ] },
  { key: 'school', person: '03', subject: 'Form for school', messages: [
    { from: 'patient', daysAgo: 20, text: 'Mia starts an after-school program and needs the asthma and peanut plan signed. Could you help? Linh' },
    { from: 'clinic', daysAgo: 19, text: 'Both plans are signed and waiting at the front desk; a copy is in the portal.' },
  ] },
  { key: 'iron', person: '04', subject: 'Iron tablets', messages: [
    { from: 'patient', daysAgo: 40, text: 'The iron upsets my stomach. May I take it with food?' },
    { from: 'clinic', daysAgo: 39, text: 'Yes, a small snack is fine, but keep it two hours away from milk and coffee. Every other day is enough.' },
  ] },
  { key: 'potassium', person: '07', subject: 'Your potassium', messages: [
    { from: 'clinic', atVisit: 2, text: 'We reached you by telephone today about your potassium, which is much too high. As agreed: stop the salt substitute, take the medicine from the pharmacy tonight, and come for a new test. Call 911 for weakness or a racing heart.' },
    { from: 'clinic', atVisit: 1, text: 'The new test shows that your potassium is back in a safe range. Please keep to the list we gave you.' },
  ] },
  { key: 'sleep', person: '09', subject: 'Sleep', messages: [
    { from: 'patient', daysAgo: 6, text: 'Duermo un poco mejor esta semana. Gracias por la ayuda.' },
    { from: 'clinic', daysAgo: 5, text: 'Me alegra mucho leerlo. Siga con la pastilla por la mañana y nos vemos por video. Si los pensamientos se vuelven oscuros, llame al 988 a cualquier hora.' },
  ] },
  { key: 'refill', person: '36', subject: 'Inhaler refill', messages: [
    { from: 'patient', daysAgo: 1, text: 'My inhaler will be empty on Friday. Could you send a refill?' },
  ] },
]

export interface TaskRow {
  readonly key: string
  readonly person: string
  readonly what: string
  readonly status: 'requested' | 'received' | 'accepted' | 'in-progress' | 'completed' | 'rejected' | 'ready'
  readonly priority: 'routine' | 'urgent' | 'asap' | 'stat'
  readonly daysAgo?: number
  readonly atVisit?: number
  readonly dueInDays?: number
  readonly focus?: string
  readonly owner: 'clinician' | 'clinic' | 'patient' | 'pharmacy'
  readonly note?: string
}

// biome-ignore format: one task per line reads as a table
export const tasks: readonly TaskRow[] = [
  { key: 'critical-potassium', person: '07', what: 'Acknowledge critical potassium', status: 'completed', priority: 'stat', atVisit: 2, focus: 'critical', owner: 'clinician', note: 'Patient reached by telephone within 20 minutes.' },
  { key: 'previsit-form', person: '01', what: 'Fill in the form before your visit', status: 'in-progress', priority: 'routine', daysAgo: 2, dueInDays: 3, focus: 'Questionnaire/demo-questionnaire-previsit', owner: 'patient' },
  { key: 'insurance-card', person: '01', what: 'Check that your insurance card is still right', status: 'requested', priority: 'routine', daysAgo: 2, dueInDays: 3, focus: 'Coverage/demo-coverage-01', owner: 'patient' },
  { key: 'refill', person: '36', what: 'Refill request: fluticasone/salmeterol inhaler', status: 'requested', priority: 'urgent', daysAgo: 1, dueInDays: 1, focus: 'MedicationRequest/demo-rx-36-fluticasone-salmeterol', owner: 'clinician' },
  { key: 'refill-done', person: '02', what: 'Refill request: atorvastatin', status: 'completed', priority: 'routine', daysAgo: 18, focus: 'MedicationRequest/demo-rx-02-atorvastatin', owner: 'clinician', note: 'Approved and sent to the pharmacy.' },
  { key: 'refill-refused', person: '12', what: 'Refill request: naproxen', status: 'rejected', priority: 'routine', daysAgo: 30, focus: 'MedicationRequest/demo-rx-12-naproxen', owner: 'clinician', note: 'Please see us first: this medicine can harm the stomach when taken for long.' },
  { key: 'schedule-referral', person: '12', what: 'Call to schedule dermatology', status: 'completed', priority: 'routine', daysAgo: 8, focus: 'ServiceRequest/demo-referral-12-dermatology', owner: 'clinic' },
  { key: 'schedule-therapy', person: '09', what: 'Call to schedule talking therapy', status: 'completed', priority: 'urgent', daysAgo: 5, focus: 'ServiceRequest/demo-referral-09-psychiatry', owner: 'clinic' },
  { key: 'review-culture', person: '09', what: 'Review preliminary urine culture', status: 'requested', priority: 'urgent', daysAgo: 1, dueInDays: 1, focus: 'culture', owner: 'clinician' },
  { key: 'duplicate-record', person: '44', what: 'Confirm merge of two records: Jasmin and Jasmine Thompson', status: 'completed', priority: 'routine', daysAgo: 55, focus: 'Patient/demo-patient-59', owner: 'clinic' },
  { key: 'prior-authorization', person: '33', what: 'Ask the health plan about the HbA1c order', status: 'in-progress', priority: 'routine', daysAgo: 6, dueInDays: 8, focus: 'ServiceRequest/demo-order-33-a1c-open', owner: 'clinic' },
  { key: 'new-address', person: '30', what: 'Review a new address that the patient entered', status: 'requested', priority: 'routine', daysAgo: 3, dueInDays: 4, focus: 'Patient/demo-patient-30', owner: 'clinic' },
  { key: 'call-back', person: '24', what: 'Weekly call: weight and breathing', status: 'ready', priority: 'routine', daysAgo: 1, dueInDays: 2, focus: 'CarePlan/demo-care-plan-24', owner: 'clinic' },
  { key: 'new-sample', person: '46', what: 'Arrange a new blood sample', status: 'accepted', priority: 'routine', daysAgo: 4, dueInDays: 5, focus: 'ServiceRequest/demo-order-46-a1c-open', owner: 'clinic' },
]
