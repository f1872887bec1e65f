import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
import{b as a}from"./chunk-TCVMAZGU.js";import{a as o,b as c,d as i}from"./chunk-MDVNG2ZR.js";var t=i(e=>{"use strict";Object.defineProperty(e,"__esModule",{value:!0});e.isNodeLike=void 0;e.isNodeLike=typeof process=="object"&&process&&process.release&&process.versions&&typeof process.versions.node=="string"});var p=i((r,u)=>{"use strict";Object.defineProperty(r,"__esModule",{value:!0});r.createHash=void 0;var d=t();function n(s){return d.isNodeLike&&u.require?c("crypto").createHash(s):a()(s)}o(n,"createHash");r.createHash=n});export{t as a,p as b};
//# sourceMappingURL=chunk-DI7JR3V3.js.map
