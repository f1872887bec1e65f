import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
import{b as o}from"./chunks/chunk-2HKHOBFY.js";import{a as r}from"./chunks/chunk-KXMNKFZI.js";import"./chunks/chunk-AQQCSHQH.js";import"./chunks/chunk-KDS2XBNK.js";import"./chunks/chunk-6GLQJ7LT.js";import"./chunks/chunk-NRAWFAHZ.js";import{parentPort as s,workerData as a}from"node:worker_threads";var{supergraphSdl:p}=r.object({supergraphSdl:r.string()}).parse(a),i=r.object({id:r.int(),operation:r.string()}),c=o(p);s?.on("message",n=>{let{id:t,operation:e}=i.parse(n);s?.postMessage(m(t,e))});function m(n,t){try{return{id:n,plan:c(t)}}catch(e){return{id:n,refused:e instanceof Error?e.message:String(e)}}}
//# sourceMappingURL=planner.js.map
