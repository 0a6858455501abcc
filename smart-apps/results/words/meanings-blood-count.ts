import type { MeaningEntry } from './meanings.ts'

/** Blood cells, iron and clotting. */
export const bloodCount: readonly MeaningEntry[] = [
  {
    codes: ['58410-2', '57021-8', '57782-5', '24317-0', '69742-5'],
    en: {
      name: 'Complete blood count',
      about:
        'Counts the cells of your blood: red cells carry oxygen, white cells fight infection, platelets stop bleeding.',
    },
    es: {
      name: 'Recuento completo de sangre',
      about:
        'Cuenta las células de la sangre: los glóbulos rojos llevan oxígeno, los blancos combaten infecciones y las plaquetas detienen el sangrado.',
    },
  },
  {
    codes: ['718-7', '20509-6', '30313-1'],
    en: {
      name: 'Hemoglobin',
      about: 'The part of red blood cells that carries oxygen. When it is low, that is called anemia.',
    },
    es: {
      name: 'Hemoglobina',
      about: 'La parte de los glóbulos rojos que lleva oxígeno. Cuando está baja se llama anemia.',
    },
  },
  {
    codes: ['4544-3', '20570-8', '48703-3'],
    en: { name: 'Hematocrit', about: 'How much of your blood is red blood cells.' },
    es: { name: 'Hematocrito', about: 'Qué parte de la sangre son glóbulos rojos.' },
  },
  {
    codes: ['6690-2', '26464-8', '49498-9', '804-5'],
    en: { name: 'White blood cells', about: 'The cells that fight infection.' },
    es: { name: 'Glóbulos blancos', about: 'Las células que combaten las infecciones.' },
  },
  {
    codes: ['789-8', '26453-1', '787-2', '785-6', '786-4', '788-0', '21000-5'],
    en: { name: 'Red blood cells', about: 'The number, size or content of the cells that carry oxygen.' },
    es: { name: 'Glóbulos rojos', about: 'El número, el tamaño o el contenido de las células que llevan oxígeno.' },
  },
  {
    codes: ['777-3', '26515-7', '49497-1'],
    en: { name: 'Platelets', about: 'Small parts of the blood that help to stop bleeding.' },
    es: { name: 'Plaquetas', about: 'Pequeñas partes de la sangre que ayudan a detener el sangrado.' },
  },
  {
    codes: ['2276-4', '20567-4', '24373-3', '2498-4', '14798-3'],
    en: { name: 'Iron stores', about: 'Shows how much iron your body has to make blood with.' },
    es: { name: 'Reservas de hierro', about: 'Muestra cuánto hierro tiene el cuerpo para formar sangre.' },
  },
  {
    codes: ['6301-6', '34714-6', '5902-2', '34528-0'],
    en: {
      name: 'Blood clotting (INR)',
      about: 'How long your blood takes to clot. It is used to set the dose of blood thinners.',
    },
    es: {
      name: 'Coagulación (INR)',
      about: 'Cuánto tarda la sangre en coagular. Sirve para ajustar la dosis de anticoagulantes.',
    },
  },
  {
    codes: ['1988-5', '30522-7', '71426-1'],
    en: { name: 'Inflammation (CRP)', about: 'Rises when there is inflammation or infection somewhere in the body.' },
    es: { name: 'Inflamación (PCR)', about: 'Sube cuando hay inflamación o infección en alguna parte del cuerpo.' },
  },
  {
    codes: ['4537-7', '30341-2'],
    en: { name: 'Sedimentation rate', about: 'A general sign of inflammation in the body.' },
    es: { name: 'Velocidad de sedimentación', about: 'Una señal general de inflamación en el cuerpo.' },
  },
]
