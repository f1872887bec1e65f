import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
import{b as o}from"./chunk-DI7JR3V3.js";import{a as e,f as a}from"./chunk-MDVNG2ZR.js";var t=a(o(),1);function h(r){return(0,t.createHash)("sha256").update(r).digest("hex")}e(h,"computeCoreSchemaHash");export{h as a};
//# sourceMappingURL=chunk-XNJUJ35P.js.map
