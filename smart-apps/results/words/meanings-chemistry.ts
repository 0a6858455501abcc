import type { MeaningEntry } from './meanings.ts'

/** Blood chemistry: sugar, fats, kidneys, liver, minerals. */
export const chemistry: readonly MeaningEntry[] = [
  {
    codes: ['24323-8'],
    en: {
      name: 'Comprehensive metabolic panel',
      about:
        'A group of blood tests that shows how your kidneys and liver are working, and how much sugar, salts and protein are in your blood.',
    },
    es: {
      name: 'Panel metabólico completo',
      about:
        'Un grupo de análisis de sangre que muestra cómo funcionan los riñones y el hígado, y cuánta azúcar, sales y proteínas hay en la sangre.',
    },
  },
  {
    codes: ['51990-0', '24321-2', '24320-4'],
    en: {
      name: 'Basic metabolic panel',
      about: 'A group of blood tests that shows how your kidneys are working, and your blood sugar and salts.',
    },
    es: {
      name: 'Panel metabólico básico',
      about:
        'Un grupo de análisis de sangre que muestra cómo funcionan los riñones, y el azúcar y las sales de la sangre.',
    },
  },
  {
    codes: ['24331-1', '57698-3', '100898-6'],
    en: {
      name: 'Cholesterol panel (lipids)',
      about:
        'Measures the fats in your blood. They help to estimate the risk of heart disease and stroke, and to see whether treatment works.',
    },
    es: {
      name: 'Panel de colesterol (lípidos)',
      about:
        'Mide las grasas de la sangre. Ayudan a calcular el riesgo de enfermedad del corazón y de derrame cerebral, y a ver si el tratamiento funciona.',
    },
  },
  {
    codes: ['24325-3', '24324-6'],
    en: {
      name: 'Liver panel',
      about: 'A group of blood tests that shows how your liver is working, and whether it may be irritated or damaged.',
    },
    es: {
      name: 'Panel del hígado',
      about: 'Un grupo de análisis de sangre que muestra cómo funciona el hígado y si puede estar irritado o dañado.',
    },
  },
  {
    codes: ['24362-6', '24363-4'],
    en: { name: 'Kidney panel', about: 'A group of blood tests that shows how well your kidneys clean your blood.' },
    es: {
      name: 'Panel de los riñones',
      about: 'Un grupo de análisis que muestra qué tan bien limpian la sangre los riñones.',
    },
  },
  {
    codes: ['2345-7', '2339-0', '1558-6', '14749-6', '15074-8', '41653-7', '2340-8'],
    en: {
      name: 'Blood sugar (glucose)',
      about:
        'The amount of sugar in your blood. It changes with meals, so it matters whether you had eaten. It is used to find and to follow diabetes.',
    },
    es: {
      name: 'Azúcar en la sangre (glucosa)',
      about:
        'La cantidad de azúcar en la sangre. Cambia con las comidas, por eso importa si había comido. Sirve para detectar y seguir la diabetes.',
    },
  },
  {
    codes: ['4548-4', '17856-6', '59261-8'],
    en: {
      name: 'Average blood sugar (A1c)',
      about: 'Your average blood sugar over the last two to three months. It is used to find and to follow diabetes.',
    },
    es: {
      name: 'Azúcar promedio (A1c)',
      about:
        'El azúcar promedio en la sangre de los últimos dos o tres meses. Sirve para detectar y seguir la diabetes.',
    },
  },
  {
    codes: ['2160-0', '14682-9', '38483-4'],
    en: {
      name: 'Creatinine',
      about:
        'A waste product of muscles that healthy kidneys remove. A higher amount can mean that kidneys work less well.',
    },
    es: {
      name: 'Creatinina',
      about:
        'Un desecho de los músculos que los riñones sanos eliminan. Una cantidad mayor puede indicar que los riñones trabajan menos.',
    },
  },
  {
    codes: ['33914-3', '48642-3', '48643-1', '62238-1', '98979-8', '69405-9'],
    en: {
      name: 'Kidney function (eGFR)',
      about: 'An estimate of how much blood your kidneys clean each minute. Higher is better.',
    },
    es: {
      name: 'Función de los riñones (TFG)',
      about: 'Un cálculo de cuánta sangre limpian los riñones por minuto. Más alto es mejor.',
    },
  },
  {
    codes: ['3094-0', '6299-2', '14937-7'],
    en: { name: 'Urea nitrogen (BUN)', about: 'A waste product of protein that the kidneys remove from the blood.' },
    es: { name: 'Nitrógeno ureico (BUN)', about: 'Un desecho de las proteínas que los riñones eliminan de la sangre.' },
  },
  {
    codes: ['2951-2', '2947-0'],
    en: { name: 'Sodium', about: 'A salt that helps to control the water in your body, your nerves and your muscles.' },
    es: { name: 'Sodio', about: 'Una sal que ayuda a controlar el agua del cuerpo, los nervios y los músculos.' },
  },
  {
    codes: ['2823-3', '6298-4'],
    en: { name: 'Potassium', about: 'A mineral that your heart and your muscles need to work steadily.' },
    es: { name: 'Potasio', about: 'Un mineral que el corazón y los músculos necesitan para trabajar con regularidad.' },
  },
  {
    codes: ['17861-6', '2000-8'],
    en: { name: 'Calcium', about: 'A mineral for bones, nerves and muscles.' },
    es: { name: 'Calcio', about: 'Un mineral para los huesos, los nervios y los músculos.' },
  },
  {
    codes: ['2093-3', '14647-2'],
    en: {
      name: 'Total cholesterol',
      about: 'All the cholesterol in your blood, the helpful and the harmful together.',
    },
    es: { name: 'Colesterol total', about: 'Todo el colesterol de la sangre, el bueno y el malo juntos.' },
  },
  {
    codes: ['2085-9', '14646-4'],
    en: {
      name: '“Good” cholesterol (HDL)',
      about: 'Cholesterol on its way out of the body. Higher is usually better.',
    },
    es: { name: 'Colesterol «bueno» (HDL)', about: 'El colesterol que sale del cuerpo. Más alto suele ser mejor.' },
  },
  {
    codes: ['2089-1', '13457-7', '18262-6', '22748-8'],
    en: {
      name: '“Bad” cholesterol (LDL)',
      about: 'Cholesterol that can build up in blood vessels. Lower is usually better.',
    },
    es: {
      name: 'Colesterol «malo» (LDL)',
      about: 'El colesterol que puede acumularse en los vasos sanguíneos. Más bajo suele ser mejor.',
    },
  },
  {
    codes: ['2571-8', '14927-8'],
    en: { name: 'Triglycerides', about: 'A fat that the body stores for energy. It rises after meals.' },
    es: { name: 'Triglicéridos', about: 'Una grasa que el cuerpo guarda como energía. Sube después de comer.' },
  },
  {
    codes: ['1742-6', '1743-4'],
    en: {
      name: 'Liver enzyme ALT',
      about: 'A substance from liver cells. More of it in the blood can mean that the liver is irritated.',
    },
    es: {
      name: 'Enzima hepática ALT',
      about: 'Una sustancia de las células del hígado. Si hay más en la sangre, el hígado puede estar irritado.',
    },
  },
  {
    codes: ['1920-8', '30239-8'],
    en: { name: 'Liver enzyme AST', about: 'A substance from cells of the liver, the heart and muscles.' },
    es: {
      name: 'Enzima hepática AST',
      about: 'Una sustancia de las células del hígado, del corazón y de los músculos.',
    },
  },
  {
    codes: ['1975-2', '14631-6'],
    en: { name: 'Bilirubin', about: 'A yellow substance from old red blood cells, which the liver removes.' },
    es: { name: 'Bilirrubina', about: 'Una sustancia amarilla de los glóbulos rojos viejos, que el hígado elimina.' },
  },
  {
    codes: ['3016-3', '11579-0', '11580-8'],
    en: { name: 'Thyroid (TSH)', about: 'A hormone that tells the thyroid gland how hard to work.' },
    es: { name: 'Tiroides (TSH)', about: 'Una hormona que le dice a la glándula tiroides cuánto debe trabajar.' },
  },
  {
    codes: ['1989-3', '62292-8', '14635-7'],
    en: { name: 'Vitamin D', about: 'A vitamin for bones, from sunlight and food.' },
    es: { name: 'Vitamina D', about: 'Una vitamina para los huesos, del sol y de los alimentos.' },
  },
  {
    codes: ['2132-9', '14685-2'],
    en: { name: 'Vitamin B12', about: 'A vitamin for nerves and for making blood.' },
    es: { name: 'Vitamina B12', about: 'Una vitamina para los nervios y para formar la sangre.' },
  },
]
