/** ICD-10-CM as the CDC writes it, a few codes of it. */
export const tabularXml = `<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular>
<version>2025</version>
<introduction><introSection type="title"><title>ICD-10-CM TABULAR LIST of DISEASES and INJURIES</title></introSection></introduction>
<chapter>
<name>4</name>
<desc>Endocrine, nutritional and metabolic diseases (E00-E89)</desc>
<excludes1><note>transitory endocrine disorders specific to newborn (P70-P74)</note></excludes1>
<sectionIndex><sectionRef first="E08" last="E13" id="E08-E13">Diabetes mellitus</sectionRef></sectionIndex>
<section id="E08-E13">
<desc>Diabetes mellitus (E08-E13)</desc>
<diag>
<name>E11</name>
<desc>Type 2 diabetes mellitus</desc>
<includes><note>diabetes NOS</note><note>insulin resistant diabetes (mellitus)</note></includes>
<useAdditionalCode><note>code to identify control using: insulin (Z79.4)</note></useAdditionalCode>
<diag><name>E11.6</name><desc>Type 2 diabetes mellitus with other specified complications</desc>
<diag><name>E11.65</name><desc>Type 2 diabetes mellitus with hyperglycemia</desc></diag>
</diag>
<diag><name>E11.8</name><desc>Type 2 diabetes mellitus with unspecified complications</desc></diag>
<diag><name>E11.9</name><desc>Type 2 diabetes mellitus without complications</desc></diag>
</diag>
<diag><name>E10</name><desc>Type 1 diabetes mellitus</desc>
<inclusionTerm><note>brittle diabetes (mellitus)</note></inclusionTerm>
<diag><name>E10.9</name><desc>Type 1 diabetes mellitus without complications</desc></diag>
</diag>
</section>
</chapter>
<chapter>
<name>8</name>
<desc>Diseases of the ear and mastoid process (H60-H95)</desc>
<section id="H80-H83">
<desc>Diseases of inner ear (H80-H83)</desc>
<diag><name>H81.0</name><desc>Ménière&apos;s disease</desc></diag>
</section>
</chapter>
<chapter>
<name>19</name>
<desc>Injury, poisoning and certain other consequences of external causes (S00-T88)</desc>
<section id="S00-S09">
<desc>Injuries to the head (S00-S09)</desc>
<diag><name>S00</name><desc>Superficial injury of head</desc>
<sevenChrNote><note>The appropriate 7th character is to be added to each code from category S00</note></sevenChrNote>
<sevenChrDef>
<extension char="A">initial encounter</extension>
<extension char="D">subsequent encounter</extension>
<extension char="S">sequela</extension>
</sevenChrDef>
<diag><name>S00.0</name><desc>Superficial injury of scalp</desc>
<diag><name>S00.01</name><desc>Abrasion of scalp</desc></diag>
</diag>
</diag>
</section>
</chapter>
</ICD10CM.tabular>
`

function line(order: number, code: string, billable: 0 | 1, short: string, long: string): string {
  return `${String(order).padStart(5, '0')} ${code.padEnd(7)} ${billable} ${short.padEnd(60)} ${long}\r\n`
}

export const orderText = [
  line(1, 'E11', 0, 'Type 2 diabetes mellitus', 'Type 2 diabetes mellitus'),
  line(
    2,
    'E116',
    0,
    'Type 2 diabetes mellitus with oth complications',
    'Type 2 diabetes mellitus with other specified complications',
  ),
  line(3, 'E1165', 1, 'Type 2 diabetes mellitus with hyperglycemia', 'Type 2 diabetes mellitus with hyperglycemia'),
  line(
    4,
    'E119',
    1,
    'Type 2 diabetes mellitus without complications',
    'Type 2 diabetes mellitus without complications',
  ),
  line(5, 'S0001XA', 1, 'Abrasion of scalp, initial encounter', 'Abrasion of scalp, initial encounter'),
].join('')
