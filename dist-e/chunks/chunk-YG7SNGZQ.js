import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
import{createHash as t}from"node:crypto";function a(e){return t("sha256").update(e).digest("hex")}export{a};
//# sourceMappingURL=chunk-YG7SNGZQ.js.map
