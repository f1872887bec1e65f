import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
var s=class extends Error{constructor(c){super(`Unreachable case: ${c}`)}};export{s as a};
//# sourceMappingURL=chunk-XOZL5NDW.js.map
