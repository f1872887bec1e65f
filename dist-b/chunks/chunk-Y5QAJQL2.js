import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
import{b as a}from"./chunk-EOFT5U7V.js";import{e as r}from"./chunk-NRAWFAHZ.js";var e=r(a(),1);function o(t){return(0,e.createHash)("sha256").update(t).digest("hex")}export{o as a};
//# sourceMappingURL=chunk-Y5QAJQL2.js.map
