import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
import{i as p}from"./chunk-TMDWZZAB.js";import{a as t,f as n}from"./chunk-MDVNG2ZR.js";var e=n(p(),1);function f(l){let i=l.getType("_Service");if(!(0,e.isObjectType)(i))return!1;let s=i.getFields().sdl;if(!s)return!1;let r=s.type;return(0,e.isNonNullType)(r)&&(r=r.ofType),(0,e.isScalarType)(r)?r.name=="String":!1}t(f,"schemaIsSubgraph");export{f as a};
//# sourceMappingURL=chunk-ZUQGXJZF.js.map
