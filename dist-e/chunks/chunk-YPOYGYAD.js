import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
function i(n){return"__internal_plugin_id__"in n}export{i as a};
//# sourceMappingURL=chunk-YPOYGYAD.js.map
