import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
import{a as s}from"./chunk-MDVNG2ZR.js";var c=class extends Error{static{s(this,"UnreachableCaseError")}constructor(e){super(`Unreachable case: ${e}`)}};export{c as a};
//# sourceMappingURL=chunk-RTZBATO4.js.map
