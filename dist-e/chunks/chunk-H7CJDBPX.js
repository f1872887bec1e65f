import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
import{i as n}from"./chunk-6GLQJ7LT.js";import{e as l}from"./chunk-NRAWFAHZ.js";var e=l(n(),1);function p(t){let i=t.getType("_Service");if(!(0,e.isObjectType)(i))return!1;let s=i.getFields().sdl;if(!s)return!1;let r=s.type;return(0,e.isNonNullType)(r)&&(r=r.ofType),(0,e.isScalarType)(r)?r.name=="String":!1}export{p as a};
//# sourceMappingURL=chunk-H7CJDBPX.js.map
