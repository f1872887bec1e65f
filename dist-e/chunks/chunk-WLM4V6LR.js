import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));
function s(){return{maxAge:void 0,scope:void 0,restrict(e){e.maxAge!==void 0&&(this.maxAge===void 0||e.maxAge<this.maxAge)&&(this.maxAge=e.maxAge),e.scope!==void 0&&this.scope!=="PRIVATE"&&(this.scope=e.scope)},replace(e){e.maxAge!==void 0&&(this.maxAge=e.maxAge),e.scope!==void 0&&(this.scope=e.scope)},policyIfCacheable(){return this.maxAge===void 0||this.maxAge===0?null:{maxAge:this.maxAge,scope:this.scope??"PUBLIC"}}}}export{s as a};
//# sourceMappingURL=chunk-WLM4V6LR.js.map
