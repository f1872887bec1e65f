import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
import{a as n}from"./chunk-MDVNG2ZR.js";function r(i){return"__internal_plugin_id__"in i}n(r,"pluginIsInternal");export{r as a};
//# sourceMappingURL=chunk-3OAU3QAG.js.map
