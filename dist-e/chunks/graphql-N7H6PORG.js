import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
import{i as a}from"./chunk-6GLQJ7LT.js";import"./chunk-NRAWFAHZ.js";export default a();
//# sourceMappingURL=graphql-N7H6PORG.js.map
