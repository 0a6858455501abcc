/** What resource types are called by people who are no programmers, in the order in which they care. */
import type { Language } from './language.ts'

type Words = Readonly<Record<Language, string>>

const words: Readonly<Record<string, Words>> = {
  Patient: { en: 'Name, birth date, address and phone', es: 'Nombre, nacimiento, dirección y teléfono' },
  Condition: { en: 'Health problems and diagnoses', es: 'Problemas de salud y diagnósticos' },
  AllergyIntolerance: { en: 'Allergies', es: 'Alergias' },
  MedicationRequest: { en: 'Prescriptions', es: 'Recetas' },
  MedicationStatement: { en: 'Medicines that are taken', es: 'Medicinas que se toman' },
  MedicationDispense: { en: 'Medicines from the pharmacy', es: 'Medicinas de la farmacia' },
  MedicationAdministration: { en: 'Medicines given at visits', es: 'Medicinas dadas en las visitas' },
  Medication: { en: 'Details of medicines', es: 'Datos de las medicinas' },
  Immunization: { en: 'Vaccines', es: 'Vacunas' },
  ImmunizationRecommendation: { en: 'Vaccines that are due', es: 'Vacunas pendientes' },
  Observation: {
    en: 'Lab results, vital signs and other measurements',
    es: 'Análisis, signos vitales y otras medidas',
  },
  DiagnosticReport: { en: 'Lab and imaging reports', es: 'Informes de laboratorio e imágenes' },
  DocumentReference: { en: 'Notes and documents', es: 'Notas y documentos' },
  Procedure: { en: 'Procedures and operations', es: 'Procedimientos y operaciones' },
  Encounter: { en: 'Visits and stays', es: 'Visitas y estancias' },
  Basic: { en: 'Settings that apps keep here', es: 'Ajustes que las aplicaciones guardan aquí' },
  Appointment: { en: 'Appointments', es: 'Citas' },
  AppointmentResponse: { en: 'Answers to appointments', es: 'Respuestas a citas' },
  CarePlan: { en: 'Care plans', es: 'Planes de atención' },
  CareTeam: { en: 'Care team', es: 'Equipo de atención' },
  Goal: { en: 'Health goals', es: 'Metas de salud' },
  ServiceRequest: { en: 'Orders and referrals', es: 'Órdenes y derivaciones' },
  Device: { en: 'Implants and devices', es: 'Implantes y dispositivos' },
  DeviceRequest: { en: 'Orders of devices', es: 'Pedidos de dispositivos' },
  Specimen: { en: 'Samples', es: 'Muestras' },
  ImagingStudy: { en: 'Images', es: 'Imágenes' },
  Media: { en: 'Photos and recordings', es: 'Fotos y grabaciones' },
  FamilyMemberHistory: { en: 'Family history', es: 'Antecedentes familiares' },
  NutritionOrder: { en: 'Diets', es: 'Dietas' },
  QuestionnaireResponse: { en: 'Answers to forms', es: 'Respuestas a formularios' },
  Questionnaire: { en: 'Forms', es: 'Formularios' },
  Communication: { en: 'Messages', es: 'Mensajes' },
  CommunicationRequest: { en: 'Requests for messages', es: 'Solicitudes de mensajes' },
  Coverage: { en: 'Insurance', es: 'Seguro' },
  Claim: { en: 'Claims to insurance', es: 'Reclamos al seguro' },
  ClaimResponse: { en: 'Answers of insurance', es: 'Respuestas del seguro' },
  ExplanationOfBenefit: { en: 'What insurance paid', es: 'Lo que pagó el seguro' },
  Invoice: { en: 'Bills', es: 'Facturas' },
  Account: { en: 'Accounts for bills', es: 'Cuentas de facturación' },
  ChargeItem: { en: 'Charges', es: 'Cargos' },
  PaymentNotice: { en: 'Payments', es: 'Pagos' },
  Consent: { en: 'Consents', es: 'Consentimientos' },
  RelatedPerson: { en: 'Family and contacts', es: 'Familia y contactos' },
  Practitioner: { en: 'Doctors and staff', es: 'Médicos y personal' },
  PractitionerRole: { en: 'Where doctors work', es: 'Dónde trabajan los médicos' },
  Organization: { en: 'Clinics and organizations', es: 'Clínicas y organizaciones' },
  Location: { en: 'Places', es: 'Lugares' },
  Schedule: { en: 'Calendars', es: 'Calendarios' },
  Slot: { en: 'Free times', es: 'Horarios libres' },
  Task: { en: 'Tasks', es: 'Tareas' },
  Provenance: { en: 'Who recorded what', es: 'Quién registró qué' },
  AuditEvent: { en: 'Who looked at the record', es: 'Quién consultó el expediente' },
  Binary: { en: 'Files', es: 'Archivos' },
}

const order = new Map(Object.keys(words).map((type, i) => [type, i]))

/** `Health problems and diagnoses`; for the types that few have met, their name with spaces. */
export function typeInWords(type: string, language: Language): string {
  return words[type]?.[language] ?? type.replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
}

export function hasWords(type: string): boolean {
  return Object.hasOwn(words, type)
}

/** Orders types by what people care for; those without words come last, by name. */
export function compareTypes(a: string, b: string): number {
  const last = order.size
  return (order.get(a) ?? last) - (order.get(b) ?? last) || (a < b ? -1 : a > b ? 1 : 0)
}
