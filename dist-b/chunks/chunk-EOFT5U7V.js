import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
import{b as c}from"./chunk-SNTDYEC3.js";import{a as u,c as o}from"./chunk-NRAWFAHZ.js";var i=o(e=>{"use strict";Object.defineProperty(e,"__esModule",{value:!0});e.isNodeLike=void 0;e.isNodeLike=typeof process=="object"&&process&&process.release&&process.versions&&typeof process.versions.node=="string"});var n=o((r,t)=>{"use strict";Object.defineProperty(r,"__esModule",{value:!0});r.createHash=void 0;var a=i();function d(s){return a.isNodeLike&&t.require?u("crypto").createHash(s):c()(s)}r.createHash=d});export{i as a,n as b};
//# sourceMappingURL=chunk-EOFT5U7V.js.map
