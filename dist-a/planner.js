import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
import{e as s}from"./chunks/chunk-3EAENV3X.js";import"./chunks/chunk-TPQ5BVKA.js";import"./chunks/chunk-GL2Q42EB.js";import{a as r}from"./chunks/chunk-TZOSOEGJ.js";import"./chunks/chunk-TMDWZZAB.js";import{a as o}from"./chunks/chunk-MDVNG2ZR.js";import{parentPort as a,workerData as p}from"node:worker_threads";var{supergraphSdl:i}=r.object({supergraphSdl:r.string()}).parse(p),c=r.object({id:r.int(),operation:r.string()}),m=s(i);a?.on("message",n=>{let{id:t,operation:e}=c.parse(n);a?.postMessage(g(t,e))});function g(n,t){try{return{id:n,plan:m(t)}}catch(e){return{id:n,refused:e instanceof Error?e.message:String(e)}}}o(g,"answer");
//# sourceMappingURL=planner.js.map
