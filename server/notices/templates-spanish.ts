/** What notices say, in Spanish. */
import type { NoticeWords, Template, TemplateName } from './templates.ts'

const notYou = 'Si no fue usted, cambie su contraseña de inmediato y avise a su clínica.'
const noRequest = 'Si usted no lo ha pedido, no tiene que hacer nada: sin el enlace no cambia nada.'

export const spanishTemplates: Readonly<Record<TemplateName, Template>> = {
  'verify-address': {
    subject: 'Confirme su dirección de correo',
    paragraphs: ['Alguien, probablemente usted, ha creado una cuenta con esta dirección.'],
    action: 'Confirmar esta dirección',
    after: ['El enlace sirve una sola vez, durante {time}.', noRequest],
  },
  'already-registered': {
    subject: 'Usted ya tiene una cuenta',
    paragraphs: [
      'Alguien, probablemente usted, ha intentado crear una cuenta con esta dirección. Ya existe una: inicie sesión con ella. Si ha olvidado la contraseña, puede elegir otra en la página para iniciar sesión.',
    ],
    action: 'Iniciar sesión',
    after: ['Si no fue usted, no tiene que hacer nada.'],
  },
  'reset-password': {
    subject: 'Elija una contraseña nueva',
    paragraphs: ['Alguien, probablemente usted, ha pedido una contraseña nueva para la cuenta de esta dirección.'],
    action: 'Elegir una contraseña nueva',
    after: ['El enlace sirve una sola vez, durante {time}.', noRequest],
  },
  'password-changed': {
    subject: 'Su contraseña ha cambiado',
    paragraphs: ['La contraseña de su cuenta cambió el {when}. Se han cerrado todas sus sesiones.', notYou],
    action: 'Cambiar su contraseña',
  },
  'confirm-new-address': {
    subject: 'Confirme su nueva dirección de correo',
    paragraphs: ['Alguien, probablemente usted, quiere usar esta dirección para su cuenta.'],
    action: 'Usar esta dirección',
    after: ['El enlace sirve una sola vez, durante {time}.', noRequest],
  },
  'address-change-requested': {
    subject: 'Su dirección de correo está a punto de cambiar',
    paragraphs: [
      'El {when} se introdujo otra dirección para su cuenta. Valdrá cuando se use el enlace que se envió allí.',
      notYou,
    ],
    action: 'Cambiar su contraseña',
  },
  'address-changed': {
    subject: 'Su dirección de correo ha cambiado',
    paragraphs: ['La dirección de correo de su cuenta cambió el {when}.', notYou],
    action: 'Cambiar su contraseña',
  },
  'details-changed': {
    subject: 'Su cuenta ha cambiado',
    paragraphs: ['Esto cambió el {when}: {what}.', notYou],
    action: 'Ver su cuenta',
  },
  'account-linked': {
    subject: 'Su cuenta está lista',
    paragraphs: ['Su cuenta se activó el {when}.'],
    action: 'Iniciar sesión',
  },
  'link-refused': {
    subject: 'Su cuenta no se pudo activar',
    paragraphs: ['La clínica no pudo saber de quién es esta cuenta. Pida allí una carta de invitación.'],
  },
  'sign-in-attempts': {
    subject: 'Muchos intentos de entrar en su cuenta',
    paragraphs: [
      'Alguien ha intentado muchas veces entrar en su cuenta con una contraseña equivocada. No lo ha conseguido, y usted puede iniciar sesión como siempre.',
      'Un segundo paso, como una aplicación de códigos o una llave de acceso, protege su cuenta de esto.',
    ],
    action: 'Ver su cuenta',
  },
  'glass-broken': {
    subject: 'Se usó el acceso de emergencia',
    paragraphs: ['Alguien usó el acceso de emergencia el {when}. Hay que revisarlo: entrada {what}.'],
    action: 'Revisarlo',
  },
  'record-opened': {
    subject: 'Su expediente se abrió en una emergencia',
    paragraphs: [
      'El {when} se usó el acceso de emergencia a su expediente. Al iniciar sesión verá quién fue y por qué motivo.',
    ],
    action: 'Ver quién ha usado su expediente',
  },
}

export const spanishWords: NoticeWords = {
  closing: 'Este mensaje lo envió un programa. Nadie lee las respuestas.',
  times: { PT24H: '24 horas', PT30M: '30 minutos' },
  changes: {
    'name-changed': 'su nombre',
    'passkey-added': 'se añadió una llave de acceso',
    'passkey-removed': 'se quitó una llave de acceso',
    'second-step-on': 'se activó un segundo paso para iniciar sesión',
    'second-step-off': 'se desactivó el segundo paso para iniciar sesión',
    'backup-codes-made': 'se crearon códigos de respaldo nuevos',
    'identity-linked': 'se añadió otra forma de iniciar sesión',
    'identity-unlinked': 'se quitó una forma de iniciar sesión',
    'proxies-changed': 'quién puede actuar por quién',
    'account-activated': 'se activó otra cuenta suya',
  },
}
